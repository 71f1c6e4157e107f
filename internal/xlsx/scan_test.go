package xlsx

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

// scanned is the tokens of a document, a line each, texts joined.
func scanned(in io.Reader) (string, error) { return tokens(newScanner(in, partBuffer)) }

func tokens(s *scanner) (string, error) {
	var out, text strings.Builder
	flush := func() {
		if text.Len() > 0 {
			fmt.Fprintf(&out, "text %q\n", text.String())
			text.Reset()
		}
	}
	for {
		t, err := s.next()
		if err == io.EOF {
			flush()
			return out.String(), nil
		}
		if err != nil {
			return "", err
		}
		switch t {
		case charData:
			text.Write(s.text)
		case startTag:
			flush()
			fmt.Fprintf(&out, "<%s", s.top())
			for _, a := range s.attrs {
				fmt.Fprintf(&out, " %s=%q", a.name, spaced(string(a.value)))
			}
			out.WriteString("\n")
			if local := s.top()[bytes.IndexByte(s.top(), ':')+1:]; !bytes.Equal(local, s.name) {
				return "", fmt.Errorf("the name of %s is %s", s.top(), s.name)
			}
		case endTag:
			flush()
			out.WriteString(">\n")
		}
	}
}

// spaced has a space for each white space: encoding/xml does not normalize the
// values of attributes.
var spaced = strings.NewReplacer("\t", " ", "\n", " ", "\r", " ").Replace

// oracle is scanned by encoding/xml and by what it does not check, in plain code.
type oracle struct {
	raw    string // the document
	tokens *xml.Decoder
	out    strings.Builder
	open   []xml.Name
	scopes []map[string]string
	rooted bool
}

func oracled(document string) (string, error) {
	raw := strings.TrimPrefix(document, byteOrderMark)
	o := &oracle{raw: raw, tokens: xml.NewDecoder(strings.NewReader(raw))}
	var text strings.Builder
	for {
		from := o.tokens.InputOffset()
		token, err := o.tokens.RawToken()
		if err == io.EOF && o.rooted && len(o.open) == 0 {
			return o.out.String(), nil
		}
		if err != nil {
			return "", err
		}
		raw := o.raw[from:o.tokens.InputOffset()]
		if t, ok := token.(xml.CharData); ok {
			if err := o.text(raw); err != nil {
				return "", err
			}
			if len(o.open) > 0 {
				text.Write(t)
			}
			continue
		}
		switch token.(type) {
		case xml.StartElement, xml.EndElement:
			if text.Len() > 0 {
				fmt.Fprintf(&o.out, "text %q\n", text.String())
				text.Reset()
			}
		}
		if err := o.take(token, raw, from); err != nil {
			return "", err
		}
	}
}

var (
	errOracle   = fmt.Errorf("not well-formed")
	quoted      = regexp.MustCompile(`"[^"]*"|'[^']*'`)
	unseparated = regexp.MustCompile(`Q[^\s/>]`)
	surrogate   = regexp.MustCompile(`&#(x0*[dD][89a-fA-F][0-9a-fA-F]{2}|0*(5529[6-9]|55[3-9]\d\d|5[67]\d{3}))\;`)
	reserved    = regexp.MustCompile(`^(?i:xml)$`)
	xmlDecl     = regexp.MustCompile(`^<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*Q([ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*Q)?([ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*Q)?[ \t\r\n]*\?>$`)
)

func (o *oracle) text(raw string) error {
	if len(o.open) == 0 && strings.Trim(raw, " \t\r\n") != "" || !strings.HasPrefix(raw, "<![CDATA[") && surrogate.MatchString(raw) {
		return errOracle
	}
	return nil
}

func (o *oracle) take(token xml.Token, raw string, from int64) error {
	switch t := token.(type) {
	case xml.Directive:
		return errOracle
	case xml.ProcInst:
		if rest := raw[len("<?"+t.Target):]; rest != "?>" && !strings.ContainsAny(rest[:1], " \t\r\n") {
			return errOracle
		}
		if strings.Contains(t.Target, ":") || reserved.MatchString(t.Target) && (t.Target != "xml" || from != 0 || !declares(raw)) {
			return errOracle
		}
	case xml.StartElement:
		return o.start(t, raw)
	case xml.EndElement:
		if len(o.open) == 0 || o.open[len(o.open)-1] != t.Name {
			return errOracle
		}
		o.open, o.scopes = o.open[:len(o.open)-1], o.scopes[:len(o.scopes)-1]
		o.out.WriteString(">\n")
	}
	return nil
}

// declares says whether a declaration has what it may have.
func declares(raw string) bool {
	values := quoted.FindAllString(raw, -1)
	if !xmlDecl.MatchString(quoted.ReplaceAllString(raw, "Q")) || values[0][1:len(values[0])-1] != "1.0" {
		return false
	}
	values = values[1:]
	if strings.Contains(quoted.ReplaceAllString(raw, "Q"), "encoding") {
		if !strings.EqualFold(values[0][1:len(values[0])-1], "utf-8") {
			return false
		}
		values = values[1:]
	}
	return len(values) == 0 || values[0][1:len(values[0])-1] == "yes" || values[0][1:len(values[0])-1] == "no"
}

func qualified(n xml.Name) string {
	if n.Space == "" {
		return n.Local
	}
	return n.Space + ":" + n.Local
}

func badName(n xml.Name) bool {
	return strings.Contains(n.Local, ":") || strings.ContainsAny(n.Local[:1], "0123456789-.")
}

func (o *oracle) start(t xml.StartElement, raw string) error {
	if o.rooted && len(o.open) == 0 || badName(t.Name) || unseparated.MatchString(quoted.ReplaceAllString(raw, "Q")) || surrogate.MatchString(raw) {
		return errOracle
	}
	scope := map[string]string{}
	for _, a := range t.Attr {
		uri := a.Value
		switch {
		case badName(a.Name):
			return errOracle
		case a.Name.Space == "xmlns":
			if uri == "" || a.Name.Local == "xmlns" {
				return errOracle
			}
			scope[a.Name.Local] = uri
		case a.Name.Space == "" && a.Name.Local == "xmlns":
			scope[""] = uri
		default:
			continue
		}
		isXML := a.Name.Space == "xmlns" && a.Name.Local == "xml"
		if uri == "http://www.w3.org/2000/xmlns/" || isXML != (uri == "http://www.w3.org/XML/1998/namespace") {
			return errOracle
		}
	}
	o.rooted, o.open, o.scopes = true, append(o.open, t.Name), append(o.scopes, scope)
	seen := map[xml.Name]bool{}
	fmt.Fprintf(&o.out, "<%s", qualified(t.Name))
	for _, a := range t.Attr {
		fmt.Fprintf(&o.out, " %s=%q", qualified(a.Name), spaced(a.Value))
		name := a.Name
		if name.Space != "" && name.Space != "xmlns" {
			uri, ok := o.lookup(name.Space)
			if !ok {
				return errOracle
			}
			name.Space = "{" + uri
		}
		if seen[name] {
			return errOracle
		}
		seen[name] = true
	}
	o.out.WriteString("\n")
	if _, ok := o.lookup(t.Name.Space); !ok && t.Name.Space != "" {
		return errOracle
	}
	return nil
}

func (o *oracle) lookup(prefix string) (uri string, ok bool) {
	for i := len(o.scopes) - 1; i >= 0; i-- {
		if uri, ok := o.scopes[i][prefix]; ok {
			return uri, true
		}
	}
	return "http://www.w3.org/XML/1998/namespace", prefix == "xml"
}

// incomparable are documents in which the two differ for a reason: encoding/xml
// has the names of the fourth edition of XML; references have a bounded length
// here, and so has what an element may be given.
var incomparable = regexp.MustCompile(`[<:/?\s"'][^<>&"'=\s]*[^\x00-\x7f]|&#?[0-9a-zA-Z]{29}`)

func compareScanners(t rapid.TB, document string) (accepted bool) {
	t.Helper()
	got, err := scanned(strings.NewReader(document))
	again, err2 := scanned(iotest.OneByteReader(strings.NewReader(document)))
	if got != again || (err == nil) != (err2 == nil) { // of several faults, another may be found first
		t.Fatalf("%q byte by byte:\n%s%v\nat once:\n%s%v", document, again, err2, got, err)
	}
	if incomparable.MatchString(document) || strings.Count(document, "=") > maxAttrs || strings.Count(document, "<") > maxDepth {
		return err == nil
	}
	want, err2 := oracled(document)
	if (err == nil) != (err2 == nil) {
		t.Fatalf("%q: got the error %v, encoding/xml with the rest of the rules %v", document, err, err2)
	}
	if got != want {
		t.Fatalf("%q: got\n%s\nencoding/xml:\n%s", document, got, want)
	}
	return err == nil
}

// drawDocument draws a document that may be well-formed.
func drawDocument(t *rapid.T) string {
	pieces := []string{
		"<a>", "</a>", "<a/>", "<p:a>", "</p:a>", "<a b='1'>", "<a xmlns:p='u' xmlns:q='u' p:b='' b=''>", "<p:b p:c=\"2\" q:c=\"3\"/>", "<a b='1' b='2'/>",
		"<a b='1'c='2'/>", "<a\n b = \"&lt;\r\n&#10;x\"\t/>", "<a b=\">'\">", "<a xmlns=\"v\">", "<a xmlns:p=''>", "<a xml:space='preserve'>", "<1a>", "<p:1a/>", "< a>", "</a >", "</ a>", "<a/ >",
		"<:a/>", "<a:/>", "<a:b:c/>", "<a b>", "<a b=c>", "<a b='<'>", "<a b='&'/>", "<xmlns:a/>", "<a xmlns:xml='u'/>", "<a xmlns:xmlns='u'/>", "<a xmlns:r='http://www.w3.org/XML/1998/namespace'/>",
		"text", " ", "\r\n", "\r", "\t", "&amp;", "&#65;", "&#x1F600;", "&#xD800;", "&#0;", "&#xFFFE;", "&nbsp;", "&", "&;", "&lt", "]]>", "]]", ">", "é", "日", "\uFFFE", "\uFEFF", "\x00", "\x1f", "\x7f", "\xc3", "\xed\xa0\x80",
		"<![CDATA[", "<![CDATA[x]]>", "<![CDATA[]]>", "<![CDATA[<&\r]]>", "<!-- c -->", "<!---->", "<!--->", "<!-->", "<!-- -- -->", "<!DOCTYPE a>", "<!", "<", "<?p?>", "<?p ?? ?>", "<?>", "<??>", "<? p?>", "<?a:b?>", "<?xml?>", "<?XML?>",
		"<?xml version='1.0'?>", "<?xml version=\"1.0\" encoding='utf-8' standalone=\"no\" ?>", "<?xml version='1.1'?>", "<?xml version='1.0' encoding='latin1'?>", "<?xml version='1.0' standalone='x'?>",
	}
	var out strings.Builder
	if rapid.Bool().Draw(t, "declared") {
		out.WriteString(rapid.SampledFrom([]string{byteOrderMark, "<?xml version='1.0'?>", byteOrderMark + "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"}).Draw(t, "start"))
	}
	var tree func(depth int)
	tree = func(depth int) {
		name := rapid.SampledFrom([]string{"a", "b", "p:a", "xml:c"}).Draw(t, "name")
		out.WriteString("<" + name + " xmlns:p='u'>")
		for range rapid.IntRange(0, 3).Draw(t, "children") {
			if depth < 3 && rapid.Bool().Draw(t, "deeper") {
				tree(depth + 1)
			} else if rapid.IntRange(0, 2).Draw(t, "piece") > 0 {
				out.WriteString(rapid.SampledFrom(pieces).Draw(t, "any"))
			} else {
				out.WriteString(rapid.StringMatching(`[ a-z\]]{0,5}`).Draw(t, "words"))
			}
		}
		out.WriteString("</" + name + ">")
	}
	tree(0)
	text := out.String()
	if rapid.IntRange(0, 3).Draw(t, "damage") == 0 {
		at := rapid.IntRange(0, len(text)).Draw(t, "at")
		text = text[:at] + rapid.SampledFrom(pieces).Draw(t, "put") + text[at:]
	}
	return text
}

func TestScannerAgreesWithEncodingXML(t *testing.T) {
	accepted, all := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		for range 20 {
			if all++; compareScanners(t, drawDocument(t)) {
				accepted++
			}
		}
	})
	t.Logf("%d documents, %d of them well-formed", all, accepted)
	if accepted < all/20 || accepted > all*19/20 {
		t.Errorf("%d of %d documents are well-formed; expected some of either kind", accepted, all)
	}
}

func FuzzScanner(f *testing.F) {
	for _, document := range []string{
		"<a/>", "<?xml version='1.0'?><a b='1'><p:c xmlns:p='u'>x&amp;<![CDATA[y]]></p:c></a>\n", "<?>", "<??><a/>", byteOrderMark + "<a/>", "<!--->", "<a>&#xD800;</a>",
	} {
		f.Add(document)
	}
	f.Fuzz(func(t *testing.T, document string) { compareScanners(t, document) })
}

// Texts and tags of all lengths around the ends of what is read at once.
func TestScannerAtTheEndsOfItsBuffer(t *testing.T) {
	const buffer = 64
	for _, fill := range []string{"x", "é", "日本", "\U0001F600", "&amp;", "\r\n"} {
		for size := buffer - 16; size <= 4*buffer; size++ {
			long := strings.Repeat("y", size%len(fill)) + strings.Repeat(fill, size/len(fill))
			document := "<a>" + long + "<b c='" + long + "'/>" + long + "<!--" + long + "--><![CDATA[" + long + "]]></a>"
			s := newScanner(strings.NewReader(document), buffer)
			got, err := tokens(s)
			want, err2 := oracled(document)
			if err != nil || err2 != nil || got != want {
				t.Fatalf("%q × %d: %v, %v", fill, size, err, err2)
			}
		}
	}
}

// A long token is not looked at again and again.
func TestScannerOfOneLongText(t *testing.T) {
	document := "<a b='" + strings.Repeat("x", 8<<20) + "'/>"
	if _, err := scanned(iotest.HalfReader(strings.NewReader(document))); err != nil {
		t.Fatal(err)
	}
	if _, err := scanned(strings.NewReader("<a b='" + strings.Repeat("x", maxToken) + "'/>")); err == nil || !strings.Contains(err.Error(), "more than") {
		t.Errorf("a tag without end: %v", err)
	}
}
