package expr_test
import ("testing";"os";"bufio";"fmt";"martlet/gen/internal/expr")
func TestProbe(t *testing.T){
 f,_:=os.Open("/tmp/exprlab/probe.txt"); s:=bufio.NewScanner(f)
 for s.Scan(){ n,ps:=expr.Check(s.Text(),scope{},expr.Options{Aggregates:true}); fmt.Println(s.Text())
 for _,p:=range ps{fmt.Printf("    !! %d %s %s | %s | %s\n",p.Offset,p.Code,p.Message,p.Suggestion,p.Help)}
 if n!=nil{ fmt.Printf("    %s :: %s null=%v @%d\n",expr.SQL(n),n.Type(),n.Nullable(),n.Offset())
  m,ps2:=expr.Check(expr.SQL(n),scope{},expr.Options{Aggregates:true}); if !expr.Equal(n,m){fmt.Println("    !!! NOT EQUAL",ps2); if m!=nil{fmt.Println("     ",expr.SQL(m),m.Type())}}}
 }
}
