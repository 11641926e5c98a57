package kube

import "context"

// background is something that goes on by itself, such as a watch.
type background struct {
	end   context.CancelFunc
	ended chan struct{} // closed when it has released everything
}

// goOn runs a function in a goroutine of its own, under a context that ends
// with ctx, by close, or with the client's life.
func (c *client) goOn(ctx context.Context, run func(ctx context.Context)) *background {
	ctx, cancel := context.WithCancel(ctx)
	ctx, done := c.life.begin(ctx)
	b := &background{cancel, make(chan struct{})}
	go func() {
		defer done()
		defer close(b.ended)
		defer cancel()
		run(ctx)
	}()
	return b
}

// cancel has it end soon.
func (b *background) cancel() { b.end() }

// close ends it and returns when it has ended.
func (b *background) close() {
	b.end()
	<-b.ended
}
