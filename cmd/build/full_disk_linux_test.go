package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// onDisks runs a test anew where it may mount disks in memory that only it sees, with
// the program.
func onDisks(t *testing.T, test func(t *testing.T, program string)) {
	t.Helper()
	const inside = "MARTLET_TEST_FULL_DISK"
	if program := os.Getenv(inside); program != "" {
		test(t, program)
		return
	}
	program := binary(t)
	mapping := func(id int) []syscall.SysProcIDMap { return []syscall.SysProcIDMap{{HostID: id, Size: 1}} }
	cmd := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), inside+"="+program)
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: mapping(os.Getuid()), GidMappings: mapping(os.Getgid())}
	for i := range cmd.SysProcAttr.UidMappings {
		cmd.SysProcAttr.UidMappings[i].ContainerID, cmd.SysProcAttr.GidMappings[i].ContainerID = 0, 0
	}
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	err := cmd.Run()
	switch {
	case err != nil && output.Len() == 0:
		t.Skipf("no namespace of one's own is to be had here: %v", err)
	case err != nil:
		t.Errorf("%v\n%s", err, output.String())
	case strings.Contains(output.String(), "SKIP"):
		t.Skip(output.String())
	default:
		t.Log(output.String())
	}
}

// mount mounts a disk in memory on a folder of the site.
func (s *site) mount(name, options string) {
	s.t.Helper()
	if err := os.MkdirAll(s.path(name), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", s.path(name), "tmpfs", 0, options); err != nil {
		s.t.Skipf("a disk in memory cannot be mounted: %v", err)
	}
	s.t.Cleanup(func() { _ = syscall.Unmount(s.path(name), syscall.MNT_DETACH) })
}

// The disk of the published data fills up at any point: after so many bytes, after
// so many files. What was published stays, whole, and once there is room again the
// run publishes. The disk is one in memory, mounted where only the test sees it.
func TestFullDisk(t *testing.T) { onDisks(t, fillDisk) }

// fillDisk runs the program on a disk that has room for less than it needs.
func fillDisk(t *testing.T, program string) {
	s := sampleSite(t)
	issues := s.issues(2).issues
	s.mount("out", "size=8m,nr_inodes=100")
	published := 0
	build := func() outcome {
		return runIn(t, s.root, program, "--as-of", issues[1-published].asOf, "--keep", "1")
	}
	s.expect(runIn(t, s.root, program, "--as-of", issues[0].asOf), 0)
	refused := 0
	attempt := func(room string, fill func()) {
		t.Helper()
		fill()
		got := build()
		if got.exit != 0 {
			refused++
			s.expect(got, 2, "no space left on device")
		} else {
			published = 1 - published
		}
		if s.read(martCSV) != issues[published].csv || s.read(martArrow) != issues[published].arrow {
			t.Errorf("with room for %s: exit status %d, and what is published is not one run\n%s", room, got.exit, got.stderr)
		}
		if err := os.RemoveAll(s.path("out/ballast")); err != nil {
			t.Fatal(err)
		}
		s.expect(build(), 0)
		published = 1 - published
		s.clean(issues[published])
	}
	need := len(issues[0].csv) + len(issues[0].arrow)
	for room := 0; room <= need+2*need/10; room += need / 10 {
		attempt(fmt.Sprint(room, " bytes"), func() { s.fillBytes(int64(room)) })
	}
	for room := range 12 {
		attempt(fmt.Sprint(room, " files"), func() { s.fillFiles(room) })
	}
	if refused < 14 {
		t.Errorf("only %d runs found no room", refused)
	}
}

// free is how many bytes and files there is room for.
func (s *site) free() (bytes int64, files int) {
	s.t.Helper()
	var stat syscall.Statfs_t
	if err := syscall.Statfs(s.path("out"), &stat); err != nil {
		s.t.Fatal(err)
	}
	return int64(stat.Bfree) * stat.Bsize, int(stat.Ffree)
}

func (s *site) fillBytes(room int64) {
	s.t.Helper()
	free, _ := s.free()
	s.write("out/ballast/0", strings.Repeat("x", int(max(free-room, 0))))
}

func (s *site) fillFiles(room int) {
	s.t.Helper()
	s.write("out/ballast/0", "")
	_, free := s.free()
	for i := range max(free-room, 0) {
		s.write(filepath.Join("out/ballast", fmt.Sprint(1+i)), "")
	}
}
