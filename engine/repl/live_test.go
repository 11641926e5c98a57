package repl

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

// liveScreen is a screen that a test can look at.
type liveScreen struct {
	mu            sync.Mutex
	out           bytes.Buffer
	width, height int
	drawn         chan struct{}
}

func newLiveScreen(width, height int) *liveScreen {
	return &liveScreen{width: width, height: height, drawn: make(chan struct{}, 1)}
}

func (s *liveScreen) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer func() {
		select {
		case s.drawn <- struct{}{}:
		default:
		}
	}()
	return s.out.Write(b)
}

func (s *liveScreen) size() (int, int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.width, s.height
}

func (s *liveScreen) resize(width, height int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.width, s.height = width, height
}

// control are the codes of a frame.
var control = regexp.MustCompile(`\x1b\[(\?[0-9]+[hl]|[KJ])|\r`)

// frame is what is on the screen.
func (s *liveScreen) frame() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.out.String()
	return control.ReplaceAllString(all[strings.LastIndex(all, "\x1b[H")+len("\x1b[H"):], "")
}

// until waits for a frame.
func (s *liveScreen) until(t *testing.T, what string, shown func(frame string) bool) {
	t.Helper()
	late := time.After(time.Minute)
	for {
		select {
		case <-s.drawn:
			if shown(s.frame()) {
				return
			}
		case <-late:
			t.Fatalf("waited for %s in vain; the screen:\n%s", what, s.frame())
		}
	}
}

// start runs a live screen; end presses a key and waits for its end.
func (s *liveScreen) start(run func(l *live) error) (end func(key string) error) {
	keys, press := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- run(&live{&printer{out: s, size: s.size}, keys}) }()
	return func(key string) error {
		defer press.Close()
		go io.WriteString(press, key)
		return <-ended
	}
}

func TestLiveDrawsAtChanges(t *testing.T) {
	t.Parallel()
	s := newLiveScreen(20, 4)
	var n atomic.Int64
	changes := make(chan struct{}, 1)
	end := s.start(func(l *live) error {
		return l.run(t.Context(), "things", changes, func(context.Context) (string, error) {
			if n.Load() == 2 {
				return "", errors.New("no answer\nat all")
			}
			return fmt.Sprintf("one %d\ntwo is longer than the screen\nthree\nfour\nfive\n", n.Load()), nil
		})
	})
	s.until(t, "the first frame", func(frame string) bool {
		return frame == "things  (q leaves)\none 0\ntwo is longer than …\nthree"
	})
	n.Store(1)
	changes <- struct{}{}
	s.until(t, "a change", func(frame string) bool { return strings.Contains(frame, "one 1\n") })
	// What fails leaves what was there.
	n.Store(2)
	s.until(t, "a failure", func(frame string) bool {
		return frame == "things  (q leaves)\nno answer at all\none 1\ntwo is longer than …"
	})
	n.Store(3)
	s.until(t, "what is right again", func(frame string) bool { return strings.Contains(frame, "one 3\n") })
	s.resize(40, 3)
	s.until(t, "another size", func(frame string) bool {
		return frame == "things  (q leaves)\none 3\ntwo is longer than the screen"
	})
	require.NoError(t, end("q"))
	all := s.out.String()
	assert.True(t, strings.HasPrefix(all, "\x1b[?1049h"), "it begins with the other screen")
	assert.True(t, strings.HasSuffix(all, "\x1b[?1049l"), "and ends with the first")
}

func TestLiveEnds(t *testing.T) {
	t.Parallel()
	still := func(context.Context) (string, error) { return "still", nil }
	for name, key := range map[string]string{"q": "q", "escape": "\x1b", "Ctrl-C": "\x03"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newLiveScreen(20, 4)
			end := s.start(func(l *live) error { return l.run(t.Context(), "", nil, still) })
			s.until(t, "a frame", func(frame string) bool { return strings.Contains(frame, "still") })
			assert.NoError(t, end(key))
		})
	}
	t.Run("while it draws", func(t *testing.T) {
		t.Parallel()
		s := newLiveScreen(20, 4)
		begun := make(chan struct{})
		end := s.start(func(l *live) error {
			return l.run(t.Context(), "", nil, func(ctx context.Context) (string, error) {
				close(begun)
				<-ctx.Done()
				return "", ctx.Err()
			})
		})
		<-begun
		assert.NoError(t, end("q"))
	})
	t.Run("other keys don't", func(t *testing.T) {
		t.Parallel()
		s := newLiveScreen(20, 4)
		keys, press := io.Pipe()
		ctx, cancel := context.WithCancelCause(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- (&live{&printer{out: s, size: s.size}, keys}).run(ctx, "", nil, still) }()
		for _, key := range []string{"x", "\x1b[A", "\r"} {
			_, err := io.WriteString(press, key)
			require.NoError(t, err)
		}
		s.until(t, "a frame", func(frame string) bool { return strings.Contains(frame, "still") })
		cancel(errors.New("enough"))
		assert.EqualError(t, <-ended, "enough")
		press.Close()
	})
	t.Run("when nobody can see it", func(t *testing.T) {
		t.Parallel()
		keys, _ := io.Pipe()
		l := &live{&printer{out: failing{}, size: screen(20, 4)}, keys}
		assert.EqualError(t, l.run(t.Context(), "", nil, still), "no terminal")
		keys.Close()
	})
}

// failing is an output that fails.
type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("no terminal") }

// A view is drawn anew when its objects change, and marks those that did.
func TestLiveView(t *testing.T) {
	t.Parallel()
	namespace := localtest.Namespace(t)
	localtest.Kubectl(t, "create", "configmap", "calm", "--namespace="+namespace)
	vm := newSession(t)
	view := eval(t, vm, `return cluster.configmaps:namespaced("`+namespace+`"):filter{fields = "metadata.name!=kube-root-ca.crt"}`)
	s := newLiveScreen(80, 6)
	end := s.start(func(l *live) error {
		return l.watch(t.Context(), "", vm, view, nil)
	})
	s.until(t, "the table", func(frame string) bool {
		return regexp.MustCompile(`^configmaps in .*\n  NAME   DATA   AGE\n  calm   0      \S+$`).MatchString(frame)
	})
	localtest.Kubectl(t, "create", "configmap", "new", "--namespace="+namespace)
	s.until(t, "what is new, marked", func(frame string) bool { return regexp.MustCompile(`\n  calm   0 .*\n\* new    0 `).MatchString(frame) })
	s.until(t, "the end of the mark", func(frame string) bool { return regexp.MustCompile(`\n  calm   0 .*\n  new    0 `).MatchString(frame) })
	localtest.Kubectl(t, "delete", "configmap", "calm", "--namespace="+namespace)
	s.until(t, "what is gone to go", func(frame string) bool { return !strings.Contains(frame, "calm") })
	for i := range 4 {
		localtest.Kubectl(t, "create", "configmap", fmt.Sprint("c", i), "--namespace="+namespace)
	}
	s.until(t, "as many as there is room for", func(frame string) bool { return strings.HasSuffix(frame, "\n  …") && strings.Count(frame, "\n") == 5 })
	require.NoError(t, end("q"))
}

// An item is a snapshot; shown is what it is now.
func TestLiveItem(t *testing.T) {
	t.Parallel()
	namespace := localtest.Namespace(t)
	localtest.Kubectl(t, "create", "configmap", "calm", "--namespace="+namespace, "--from-literal=a=b")
	vm := newSession(t)
	item := eval(t, vm, `cluster.configmaps:fetch("calm", {namespace = "`+namespace+`"})`)
	s := newLiveScreen(80, 6)
	end := s.start(func(l *live) error {
		return l.watch(t.Context(), "", vm, item, nil)
	})
	s.until(t, "the item", func(frame string) bool { return strings.HasSuffix(frame, "\ndata:\n  a: b") })
	localtest.Kubectl(t, "patch", "configmap", "calm", "--namespace="+namespace, `--patch={"data":{"a":"c"}}`)
	s.until(t, "its change", func(frame string) bool { return strings.HasSuffix(frame, "\ndata:\n  a: c") })
	localtest.Kubectl(t, "delete", "configmap", "calm", "--namespace="+namespace)
	s.until(t, "its end", func(frame string) bool {
		return strings.Contains(frame, "\nfetch configmaps "+namespace+"/calm: not found\n")
	})
	require.NoError(t, end("q"))
}

// Anything else is evaluated again.
func TestLiveValues(t *testing.T) {
	t.Parallel()
	vm := newSession(t)
	s := newLiveScreen(80, 6)
	var n atomic.Int64
	n.Store(1)
	values := func() []lua.LValue { return []lua.LValue{lua.LNumber(n.Load()), lua.LString("x")} }
	end := s.start(func(l *live) error {
		return l.watch(t.Context(), "count", vm, values(), func(context.Context) ([]lua.LValue, error) {
			if n.Add(1) == 2 {
				return nil, errors.New("not now")
			}
			return values(), nil
		})
	})
	s.until(t, "the first value", func(frame string) bool { return frame == "count  (q leaves)\n1\n\"x\"" })
	s.until(t, "an error", func(frame string) bool { return frame == "count  (q leaves)\nnot now\n1\n\"x\"" })
	s.until(t, "the third value", func(frame string) bool { return frame == "count  (q leaves)\n3\n\"x\"" })
	require.NoError(t, end("q"))
}
