package kube

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// ReasonLeaseLost is the Reason of the error that ends what is done under a
// [Lease] which is no longer held. It is ours.
const ReasonLeaseLost = "LeaseLost"

// Lease is a lock that processes share through the cluster, an object of
// coordination.k8s.io: one of them holds it, and renews it all the time; the
// others wait until it is given back, or its holder isn't heard of for as long as
// the object says. Nobody's clock is compared with another's: who waits measures
// for how long the object hasn't changed, who holds it for how long it hasn't
// been renewed, and gives up well before. So clocks may differ in what they show,
// as long as they run at much the same speed.
//
// Between a process that is stopped for long, such as by SIGSTOP, and the one that
// takes over, only the server can decide: what must not be done twice is best
// written under a condition that the next holder breaks.
type Lease struct {
	cluster         *Cluster
	namespace, name string
	options         LeaseOptions
	busy            atomic.Bool // Hold goes on
	told            sighting    // what Seen was called with; who is busy may use it

	// admit tells, if given, whether a lease may be taken that is free since a
	// moment; then done is called when it is taken, or couldn't be.
	admit func(since time.Time) (done func(), ok bool)

	mu      sync.Mutex
	object  Value         // the newest version that was seen, absent before the first one
	since   time.Time     // when its spec was seen first
	after   time.Duration // how long one that is gone since then still counts
	renewed time.Time     // when the last renewal was sent; zero while it isn't held
}

// LeaseOptions say how a lease is held.
type LeaseOptions struct {
	// Holder names this holder to all others, and must be nobody else's; "" for
	// the name of the host with something random.
	Holder string

	// Duration is how long the others wait for a holder that they don't hear of, in
	// whole seconds; 0 for 15 seconds. A holder renews the lease seven times as
	// often, and gives it up when it couldn't for two thirds of that time.
	Duration time.Duration

	// Seen is called, if given, when Hold sees the lease in other hands than before,
	// nobody's ("") or its own included, and when the server can't be asked any more
	// or can again (nil). It is called by one goroutine at a time.
	Seen func(l *Lease, holder string, err error)
}

// sighting is what Seen is called with.
type sighting struct {
	holder string
	failed bool
}

const defaultLeaseDuration = 15 * time.Second

// Lease returns the lease with a name. It sends nothing; the object is made when
// the lease is first held.
func (c *Cluster) Lease(namespace, name string, o LeaseOptions) *Lease {
	if o.Holder == "" {
		// Without a name of the host the rest does.
		host, _ := os.Hostname()
		o.Holder = host + "_" + strings.ToLower(rand.Text()[:10])
	}
	if o.Duration <= 0 {
		o.Duration = defaultLeaseDuration
	}
	o.Duration = (o.Duration + time.Second - 1).Truncate(time.Second)
	if o.Seen == nil {
		o.Seen = func(*Lease, string, error) {}
	}
	return &Lease{cluster: c, namespace: namespace, name: name, options: o, told: sighting{holder: "(unknown)"}}
}

// Name is the name of the lease.
func (l *Lease) Name() string { return l.name }

// Holder is the name of this holder.
func (l *Lease) Holder() string { return l.options.Holder }

// String names the lease for messages.
func (l *Lease) String() string { return "lease " + l.namespace + "/" + l.name }

// deadline is how long the lease is held without having been renewed.
func (l *Lease) deadline() time.Duration { return l.options.Duration * 2 / 3 }

// pause is the time between two renewals, or between two looks at somebody else's.
func (l *Lease) pause() time.Duration { return l.options.Duration * 2 / 15 }

// Hold waits until the lease is free, holds it while fn runs, and gives it back
// when fn has returned. fn's context ends with ctx, and when the lease is lost:
// then with a KubeError of [ReasonLeaseLost] as its cause, before anybody else may
// hold the lease. What fn began must have ended when it returns. Until then the
// lease is renewed, also when ctx has ended.
//
// Hold returns fn's error, else that of a loss. It waits out a server that doesn't
// answer; what waiting doesn't cure (forbidden, no such namespace) is an error. A
// Lease is held once at a time: another call is an error meanwhile.
func (l *Lease) Hold(ctx context.Context, fn func(ctx context.Context) error) error {
	return l.hold(ctx, func(held context.Context) error {
		either, cancel := context.WithCancelCause(held)
		defer cancel(nil)
		defer context.AfterFunc(ctx, func() { cancel(context.Cause(ctx)) })()
		return fn(either)
	})
}

// hold is Hold with a context of fn that ends when the lease is lost, and not with
// ctx.
func (l *Lease) hold(ctx context.Context, fn func(ctx context.Context) error) (err error) {
	if !l.busy.CompareAndSwap(false, true) {
		return Errorf(KubeError, "%s is waited for or held already", l)
	}
	defer l.busy.Store(false)
	if err := l.check(); err != nil {
		return err
	}
	if err := l.acquire(ctx); err != nil {
		return err
	}
	held, lose := context.WithCancelCause(context.WithoutCancel(ctx))
	renewing := l.cluster.client.goOn(context.WithoutCancel(ctx), func(ctx context.Context) { l.keep(ctx, lose) })
	defer func() {
		renewing.close()
		if cause := context.Cause(held); err == nil && IsReason(cause, ReasonLeaseLost) {
			err = cause
		}
		lose(nil)
		if l.Held() {
			l.release(context.WithoutCancel(ctx))
		}
	}()
	return fn(held)
}

// Held tells whether the lease is held at this moment, by the clock. A process
// that was stopped may see that it isn't before the context of Hold has ended.
func (l *Lease) Held() bool { return l.remaining() > 0 }

// Fence is a link by which requests are refused once the lease isn't held any more.
// held is the context that Hold gave to its function: another time of holding it
// doesn't count.
func (l *Lease) Fence(held context.Context) Link {
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			err := context.Cause(held)
			if err == nil && !l.Held() {
				err = l.lost(errNotRenewed)
			}
			if err == nil {
				return next.RoundTrip(r)
			}
			if r.Body != nil {
				r.Body.Close()
			}
			return nil, err
		})
	}
}

// remaining is how long the lease is held if it isn't renewed.
func (l *Lease) remaining() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.renewed.IsZero() {
		return 0
	}
	return l.deadline() - atMost(l.renewed)
}

// atMost is how much time has passed since t: by the monotonic clock, which nobody
// sets, or the wall clock, which goes on while the machine sleeps, whatever is more.
func atMost(t time.Time) time.Duration {
	now := time.Now()
	return max(now.Sub(t), now.Round(0).Sub(t.Round(0)))
}

// check refuses what can't be the name of a lease.
func (l *Lease) check() error {
	if l.namespace == "" {
		return Errorf(NamespaceError, "lease %s: a lease lives in a namespace, and none is given", l.name)
	}
	if err := checkNamespace(l.namespace); err != nil {
		return err
	}
	return checkName(l.name)
}

// acquire waits until the lease is held.
func (l *Lease) acquire(ctx context.Context) error {
	for {
		err := l.try(ctx, l.deadline()/2, l.take)
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case !passing(err) && !notFree(err):
			return err
		}
		if err := Sleep(ctx, jitter(l.pause())); err != nil {
			return err
		}
	}
}

// keep renews the lease until the context ends, or the lease is lost, which it
// tells lose: in time, whatever a request waits for.
func (l *Lease) keep(ctx context.Context, lose context.CancelCauseFunc) {
	expiry := time.AfterFunc(l.remaining(), func() {
		if !l.Held() {
			lose(l.lost(errNotRenewed))
		}
	})
	defer expiry.Stop()
	for Sleep(ctx, min(l.pause(), l.remaining())) == nil {
		err := errNotRenewed
		if l.Held() {
			err = l.try(ctx, min(l.deadline()/2, l.remaining()), l.renew)
		}
		switch {
		case err == nil:
			expiry.Reset(l.remaining())
		case errors.Is(err, errNotFree) || IsReason(err, "NotFound"):
			l.let()
			lose(l.lost(err))
			return
		case !l.Held():
			lose(l.lost(err))
			return
		}
	}
}

var errNotRenewed = errors.New("it could not be renewed in time")

// lost is the error of a lease that is lost.
func (l *Lease) lost(why error) error {
	lost := Errorf(KubeError, "%s is lost: %w", l, why)
	lost.Reason = ReasonLeaseLost
	return lost
}

// errNotFree is the error of a lease that somebody else holds.
var errNotFree = errors.New("somebody else holds it")

// notFree tells whether a lease wasn't taken because somebody else has it, or was
// faster.
func notFree(err error) bool {
	return errors.Is(err, errNotFree) || isConflict(err) || IsReason(err, "AlreadyExists")
}

// try takes or renews the lease within a time, and tells of what it sees.
func (l *Lease) try(ctx context.Context, limit time.Duration, step func(context.Context) error) error {
	late := &Error{Kind: APIError, Reason: ReasonUnreachable, Message: l.String() + ": the server didn't answer in time"}
	inner, cancel := context.WithTimeoutCause(ctx, limit, late)
	defer cancel()
	err := step(inner)
	if ctx.Err() == nil {
		l.tell(err)
	}
	return err
}

// tell tells of what was seen, if that is something new.
func (l *Lease) tell(err error) {
	if notFree(err) {
		err = nil
	}
	now := sighting{l.seenHolder(), err != nil}
	if now != l.told {
		l.told = now
		l.options.Seen(l, now.holder, err)
	}
}
