package repl

import (
	"context"
	"io"
	"maps"
	"strings"
	"sync"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/bindings"
	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/kube"
)

// The pace of a live screen.
const (
	liveTick  = 100 * time.Millisecond // how often it looks whether there is anything to do
	liveLeast = 500 * time.Millisecond // between two drawings
	liveMost  = 2 * time.Second        // ages change without anything else
	liveMark  = 3 * time.Second        // how long a row that has changed is marked
)

// errorLines is how many lines the error of a drawing may take.
const errorLines = 5

// live shows a value on the whole screen, anew when it changes, until q, Esc or
// Ctrl-C. What stood on the screen is there again afterwards.
type live struct {
	*printer
	keys io.Reader // of the terminal, which is raw; nobody else may read it meanwhile
}

// watch shows what an expression has evaluated to: the table of a view when its
// objects change; every two seconds what an item is by then, and anything else
// evaluated again.
func (l *live) watch(
	ctx context.Context, title string, s *engine.Session, values []lua.LValue, eval func(ctx context.Context) ([]lua.LValue, error),
) error {
	if len(values) == 1 {
		if v := bindings.ViewOf(values[0]); v != nil {
			return l.watchView(ctx, v)
		}
		if item := bindings.ItemOf(values[0]); item != nil {
			return l.watchItem(ctx, item)
		}
	}
	first := true
	return l.run(ctx, title, nil, func(ctx context.Context) (string, error) {
		if !first {
			var err error
			if values, err = eval(ctx); err != nil {
				return "", err
			}
		}
		first = false
		return l.text(ctx, s, values)
	})
}

// watchItem shows the summary of what an item is now.
func (l *live) watchItem(ctx context.Context, item *kube.Item) error {
	return l.run(ctx, item.String(), nil, func(ctx context.Context) (string, error) {
		now, err := item.Fetch(ctx)
		if err != nil {
			return "", err
		}
		return l.summary(now.Summary(ctx)), nil
	})
}

// watchView shows the table of a view, as many rows as there is room for. Where
// the view can't be watched it is read again every two seconds.
func (l *live) watchView(ctx context.Context, v *kube.View) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	changed := &marks{at: map[string]time.Time{}}
	changes := make(chan struct{}, 1)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	wg.Go(func() {
		w, err := v.Watch(ctx, kube.WatchOptions{})
		if err != nil {
			return
		}
		defer w.Close()
		for {
			ev, err := w.Next(ctx, -1)
			if err != nil {
				return
			}
			if ev.Type != kube.Deleted {
				changed.set(ev.Item.Meta().UID())
			}
			select {
			case changes <- struct{}{}:
			default:
			}
		}
	})
	return l.run(ctx, v.String(), changes, func(ctx context.Context) (string, error) {
		_, height := l.room()
		t, err := v.Table(ctx, kube.TableOptions{Limit: max(height-3, 1)})
		if err != nil {
			return "", err
		}
		lines := strings.Split(l.table(t), "\n")
		for i, r := range t.Rows {
			mark := gap
			if changed.fresh(r.UID) {
				mark = l.as(yellow, "* ")
			}
			lines[i+1] = mark + lines[i+1]
		}
		lines[0] = gap + lines[0]
		if t.More {
			lines = append(lines, l.as(dim, gap+"…"))
		}
		return strings.Join(lines, "\n"), nil
	})
}

// maxMarks is how many marks there may be before those are forgotten that show no
// longer.
const maxMarks = 1000

// marks remember which objects have changed lately, by their uid.
type marks struct {
	mu sync.Mutex
	at map[string]time.Time
}

func (m *marks) set(uid string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.at[uid] = time.Now(); len(m.at) > maxMarks {
		maps.DeleteFunc(m.at, func(_ string, at time.Time) bool { return time.Since(at) > liveMark })
	}
}

func (m *marks) fresh(uid string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	at, ok := m.at[uid]
	if ok && time.Since(at) > liveMark {
		delete(m.at, uid)
		return false
	}
	return ok
}

// drawing is the last text that was drawn, and why there is no newer one.
type drawing struct {
	text string
	err  error
}

// run takes the screen and draws on it, at each change and every now and then,
// until a key ends it.
func (l *live) run(ctx context.Context, title string, changes <-chan struct{}, draw func(ctx context.Context) (string, error)) error {
	ctx, cancel := context.WithCancel(ctx)
	var drawings sync.WaitGroup
	defer drawings.Wait()
	defer cancel()
	// The other screen (xterm's 1049), without a cursor.
	if _, err := io.WriteString(l.out, "\x1b[?1049h\x1b[?25l"); err != nil {
		return err
	}
	defer io.WriteString(l.out, "\x1b[?25h\x1b[?1049l")

	quit := make(chan struct{})
	go l.untilQuit(quit)
	ticker := time.NewTicker(liveTick)
	defer ticker.Stop()
	drawn := make(chan drawing, 1)
	var (
		now     drawing
		begun   time.Time // of the last drawing
		busy    bool
		changed = true
		size    [2]int
	)
	for {
		select {
		case <-quit:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-changes:
			changed = true
		case d := <-drawn:
			if busy = false; d.err != nil {
				d.text = now.text
			}
			now = d
			if err := l.frame(title, now); err != nil {
				return err
			}
		case <-ticker.C:
		}
		width, height := l.room()
		if size != [2]int{width, height} {
			size, changed = [2]int{width, height}, true
			if err := l.frame(title, now); err != nil {
				return err
			}
		}
		pause := liveMost
		if changed {
			pause = liveLeast
		}
		if !busy && time.Since(begun) >= pause {
			begun, busy, changed = time.Now(), true, false
			drawings.Go(func() {
				text, err := draw(ctx)
				drawn <- drawing{text, err}
			})
		}
	}
}

// untilQuit reads keys until one ends it, and no further, or there are no more.
func (l *live) untilQuit(quit chan<- struct{}) {
	defer close(quit)
	keys := make([]byte, 64)
	for {
		n, err := l.keys.Read(keys)
		// Escape by itself; before others it is a key like an arrow.
		if pressed := string(keys[:n]); strings.ContainsAny(pressed, "qQ\x03") || pressed == "\x1b" || err != nil {
			return
		}
	}
}

// frame fills the screen: a title, why there is nothing newer, the text.
func (l *live) frame(title string, d drawing) error {
	width, height := l.room()
	lines := []string{l.as(dim, plain(title)+"  (q leaves)")}
	if d.err != nil {
		for _, line := range wrap(plain(d.err.Error()), width, errorLines) {
			lines = append(lines, l.as(red, line))
		}
	}
	lines = append(lines, strings.Split(strings.TrimSuffix(d.text, "\n"), "\n")...)
	if len(lines) > height {
		lines = lines[:max(height, 1)]
	}
	var b strings.Builder
	b.WriteString("\x1b[H")
	for i, line := range lines {
		if i > 0 {
			b.WriteString("\r\n")
		}
		b.WriteString(cut(line, width) + "\x1b[K")
	}
	b.WriteString("\x1b[J")
	_, err := io.WriteString(l.out, b.String())
	return err
}
