// Package faults stands between a client and an API server and makes their
// connection as bad as a test wants it, while the test runs.
//
// A [Proxy] listens on loopback, speaks HTTP/1.1 in the clear or HTTP/2 over
// TLS, and passes every request on with a login of its own. Faults are of two
// floors:
//
//   - connections, below TLS: [Proxy.Cut], [Proxy.CutAfter], [Proxy.CutAnswer],
//     [Proxy.Stall], [Proxy.HalfOpen], [Proxy.Slow]
//   - answers, as a load balancer or the server itself would give them:
//     [Proxy.Answer], [Proxy.BreakAfter]
//
// [Proxy.Heal] ends all of them. A Proxy counts the connections and requests
// that are open, so that a test sees whether a client leaves any, and what the
// server behind it answers.
package faults
