package kube

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// ExecOptions say how a command is run in a pod.
type ExecOptions struct {
	// Container names the container; empty for the pod's only one, or the one
	// that its annotation kubectl.kubernetes.io/default-container names.
	Container string

	// TTY gives the command a terminal. Its stderr comes with stdout then.
	TTY bool

	// Protocol is that of the stream: "websocket", "spdy", or "" for WebSocket
	// or, where the server has none, SPDY. See [Item.ExecStream] for why to
	// choose.
	Protocol string

	// Timeout ends the stream when it has passed, with a TimeoutError; 0 for
	// never. What runs in the container learns of it only by its streams.
	Timeout time.Duration
}

// ExecResult is what a command has ended with.
type ExecResult struct {
	Code   int // 0 for success
	Stdout []byte
	Stderr []byte
}

// DefaultExecLimit is how many bytes of output Exec takes where no other limit
// is given.
const DefaultExecLimit = 64 << 20

// Exec runs a command in a container of the pod, or of one of the pods of a
// workload or service ([Item.AnyPod]), and returns what it ended with:
// a code that isn't 0 is no error. stdin may be nil for none. Output, both streams
// together, that is larger than limit is an APIError; 0 means DefaultExecLimit.
// What stdin fails with ends the command and is the cause of the error.
func (i *Item) Exec(ctx context.Context, command []string, stdin io.Reader, limit int, o ExecOptions) (*ExecResult, error) {
	p, err := i.start(ctx, command, stdin != nil, o)
	if err != nil {
		return nil, err
	}
	defer p.Close()
	if stdin != nil {
		source := &failing{Reader: stdin}
		// It ends with the process, unless the reader itself blocks.
		go func() { _ = p.Feed(ctx, source) }()
		result, err := p.Collect(ctx, limit)
		if failed := source.failed.Load(); err != nil && failed != nil {
			return nil, Errorf(KubeError, "%s: stdin: %w", p.run.what, *failed)
		}
		return result, err
	}
	return p.Collect(ctx, limit)
}

// failing is a reader that notes what it fails with.
type failing struct {
	io.Reader
	failed atomic.Pointer[error]
}

func (f *failing) Read(p []byte) (int, error) {
	n, err := f.Reader.Read(p)
	if err != nil && err != io.EOF {
		f.failed.Store(&err)
	}
	return n, err
}

// ExecStream starts a command where Exec runs it. The context bounds its life;
// the caller closes it.
//
// Over WebSocket, Kubernetes may lose the end of the output of a command that
// puts out more than is taken at the time, and yet tell of success: its API
// server speaks SPDY to the kubelet, and a ping of its own that crosses the
// kubelet's end of the connection discards what is under way. Process
// therefore reads ahead. Who must know that the output is whole has the command
// say so (a length or a checksum), or sets Protocol to "spdy", which the API
// server passes on as it is.
func (i *Item) ExecStream(ctx context.Context, command []string, o ExecOptions) (*Process, error) {
	return i.start(ctx, command, true, o)
}

// Output is a piece of what a command puts out.
type Output struct {
	Stream string // "stdout" or "stderr"
	Data   []byte
}

// Process is a command that runs in a container. Its output comes as Events:
// Next returns io.EOF when the command has ended, by itself or by Close, else
// why the connection broke. Up to 64 MiB of output are read ahead; after that a
// slow reader makes the command wait. It is safe for concurrent use.
type Process struct {
	*Events[Output]
	run *execRun
}

// execRun is what a Process shares with the goroutine that reads its stream.
type execRun struct {
	what  string
	wire  execWire
	ended chan struct{} // closed when the command has ended, or the stream
	code  int           // valid then
	err   error         // likewise; why there is no code
	once  sync.Once
}

// execWire is the connection to a command, in one of the protocols.
type execWire interface {
	// receive hands on what comes until the command has ended, and returns the
	// status that it ended with, as JSON. The bytes are valid until emit returns.
	receive(emit func(stream string, data []byte) error) (status []byte, err error)
	write(stdin []byte) error
	closeStdin() error
	resize(size []byte) error
	Close() error
}

// start opens the stream. Its request may be refused as any other.
func (i *Item) start(ctx context.Context, command []string, stdin bool, o ExecOptions) (*Process, error) {
	if len(command) == 0 {
		return nil, Errorf(ValueError, `exec: the command is missing (like "sh", "-c", "date")`)
	}
	if !slices.Contains(execProtocols, o.Protocol) {
		return nil, unknown("protocol", o.Protocol, execProtocols[1:])
	}
	i, err := i.onePod(ctx, "exec")
	if err != nil {
		return nil, err
	}
	r, err := i.podRequest("exec", "exec "+command[0]+" in "+i.String())
	if err != nil {
		return nil, err
	}
	container, err := i.container(o.Container)
	if err != nil {
		return nil, Errorf(ValueError, "%s: %w", r.what, err)
	}
	r.query = url.Values{"command": command, "stdout": {"true"}}
	set := func(name string, on bool) {
		if on {
			r.query.Set(name, "true")
		}
	}
	set("stdin", stdin)
	set("stderr", !o.TTY)
	set("tty", o.TTY)
	if container != "" {
		r.query.Set("container", container)
		r.what += " (container " + container + ")"
	}
	run := &execRun{what: r.what, ended: make(chan struct{})}
	c, opened := i.cluster.client, make(chan error, 1)
	events := startEvents(ctx, c, func(all context.Context, send func(Output) error) error {
		ctx := all
		if o.Timeout > 0 {
			late := Errorf(TimeoutError, "%s: it has not ended after %s", r.what, o.Timeout)
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeoutCause(ctx, o.Timeout, late)
			defer cancel()
		}
		run.wire, run.err = c.openExec(ctx, r, stdin, o)
		opened <- run.err
		if run.err != nil {
			close(run.ended)
			return run.err
		}
		ahead := newSpool(execAhead)
		go func() {
			defer ahead.end()
			defer close(run.ended)
			defer run.wire.Close()
			defer context.AfterFunc(ctx, func() { run.wire.Close() })()
			run.follow(ctx, func(out Output) error { return ahead.put(ctx, out) })
		}()
		err := ahead.drain(all, send)
		<-run.ended
		if err != nil {
			return err
		}
		return run.err
	})
	p := &Process{events, run}
	if err := <-opened; err != nil {
		p.Close()
		return nil, err
	}
	return p, nil
}

// execProtocols are the values of ExecOptions.Protocol.
var execProtocols = []string{"", "websocket", "spdy"}

// openExec opens the stream in the protocol that was asked for.
func (c *client) openExec(ctx context.Context, r request, stdin bool, o ExecOptions) (execWire, error) {
	if o.Protocol != "spdy" {
		ws, err := c.openExecSocket(ctx, r)
		if err == nil || o.Protocol != "" || !refusesWebSocket(err) {
			return ws, err
		}
	}
	return c.openExecSession(ctx, r, stdin, o.TTY)
}

// follow hands on the output and notes how the command ends.
func (run *execRun) follow(ctx context.Context, send func(Output) error) {
	status, err := run.wire.receive(func(stream string, data []byte) error {
		return send(Output{stream, bytes.Clone(data)})
	})
	switch {
	case len(status) > 0:
		run.code, run.err = exitCode(run.what, status)
	case ctx.Err() != nil:
		run.err = context.Cause(ctx)
	default:
		if err == nil {
			err = io.ErrUnexpectedEOF
		}
		run.err = &Error{Kind: APIError, Reason: ReasonUnreachable, Message: run.what + ": " + explain(err), cause: err}
	}
}

// exitCode reads the status that a command ended with (k8s.io/kubelet,
// "v4.channel.k8s.io").
func exitCode(what string, status []byte) (int, error) {
	v, err := NewValue(status)
	if err != nil {
		return 0, Errorf(APIError, "%s: %s", what, status)
	}
	if v.Get("status").String() == "Success" {
		return 0, nil
	}
	if v.Get("reason").String() == "NonZeroExitCode" {
		for cause := range v.At("details", "causes").Elements() {
			if code, err := strconv.Atoi(cause.Get("message").String()); err == nil && cause.Get("reason").String() == "ExitCode" {
				return code, nil
			}
		}
	}
	e := Errorf(APIError, "%s: %s", what, strings.TrimSpace(v.Get("message").String()))
	e.Reason = v.Get("reason").String()
	if code, ok := v.Get("code").Int(); ok {
		e.StatusCode = int(code)
	}
	return 0, e
}

// errEnded says that a process takes no more input.
var errEnded = errors.New("the command has ended or its input is closed")

// Write sends input to the command. It waits while the command doesn't read.
func (p *Process) Write(ctx context.Context, data []byte) error {
	select {
	case <-p.run.ended:
		return Errorf(KubeError, "%s: %w", p.run.what, errEnded)
	default:
	}
	// Half a message can't be taken back: who gives up ends the stream.
	stop := context.AfterFunc(ctx, func() { p.run.wire.Close() })
	defer stop()
	if err := p.run.wire.write(data); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return Errorf(KubeError, "%s: %w", p.run.what, errEnded)
	}
	return nil
}

// Feed writes what a reader gives, and then closes the input.
func (p *Process) Feed(ctx context.Context, stdin io.Reader) error {
	buffer := make([]byte, maxFrame)
	for {
		n, err := stdin.Read(buffer)
		if n > 0 {
			if err := p.Write(ctx, buffer[:n]); err != nil {
				return err
			}
		}
		if err == io.EOF {
			p.CloseStdin()
			return nil
		}
		if err != nil {
			p.Close()
			return err
		}
	}
}

// CloseStdin tells the command that there is no more input. Closing twice, or
// after the command has ended, is harmless.
func (p *Process) CloseStdin() {
	p.run.once.Do(func() {
		select {
		case <-p.run.ended:
		default:
			// Where it can't be told, the command has ended or the stream has.
			_ = p.run.wire.closeStdin()
		}
	})
}

// Resize tells the command's terminal its size.
func (p *Process) Resize(cols, rows int) error {
	select {
	case <-p.run.ended:
		return nil
	default:
	}
	size := `{"Width":` + strconv.Itoa(cols) + `,"Height":` + strconv.Itoa(rows) + "}\n"
	return p.run.wire.resize([]byte(size))
}

// Wait returns the code that the command ends with. It throws away the output
// that wasn't read before: a command that nobody reads from may never end.
func (p *Process) Wait(ctx context.Context) (int, error) {
	for {
		_, err := p.Next(ctx, -1)
		if err == nil {
			continue
		}
		if ctx.Err() != nil {
			return 0, context.Cause(ctx)
		}
		<-p.run.ended
		if err != io.EOF {
			return 0, err
		}
		if p.run.err != nil {
			return 0, Errorf(KubeError, "%s: the stream was closed before the command ended", p.run.what)
		}
		return p.run.code, nil
	}
}

// Collect reads the output to its end, see [Item.Exec].
func (p *Process) Collect(ctx context.Context, limit int) (*ExecResult, error) {
	if limit <= 0 {
		limit = DefaultExecLimit
	}
	var stdout, stderr bytes.Buffer
	for {
		out, err := p.Next(ctx, -1)
		if err == io.EOF {
			code, err := p.Wait(ctx)
			return &ExecResult{code, stdout.Bytes(), stderr.Bytes()}, err
		}
		if err != nil {
			return nil, err
		}
		if stdout.Len()+stderr.Len()+len(out.Data) > limit {
			p.Close()
			return nil, Errorf(APIError, "%s: the output is larger than the limit of %d bytes (raise it, or read the output as a stream)", p.run.what, limit)
		}
		if out.Stream == "stderr" {
			stderr.Write(out.Data)
		} else {
			stdout.Write(out.Data)
		}
	}
}

// podRequest is a request to a subresource of the pod.
func (i *Item) podRequest(subresource, what string) (request, error) {
	if i.resource.Kind != "Pod" || i.resource.Group != "" {
		return request{}, Errorf(ValueError, "%s: %s is no pod", what, i)
	}
	if err := i.addressable(); err != nil {
		return request{}, err
	}
	path := i.resource.path(i.Meta().Namespace(), i.Meta().Name()) + "/" + subresource
	return request{method: http.MethodGet, path: path, what: what}, nil
}
