// Package kube is a small Kubernetes client for programs that look at many
// objects and change some.
//
// A [Cluster] offers [View]s, which are collections: of all namespaces or one,
// whole or narrowed by selectors. A view gives [Item]s, immutable snapshots of
// objects. What changes an object is a method call that returns the newest
// item, and [Item.Wait] waits for what is to come of it. A [Table] is what
// kubectl get would show of a view. A [Watcher] delivers changes; a [Proxy]
// makes any other call.
//
// What a program may do can be bounded beside what its login is allowed: a
// [Guard] keeps it to policies, a [Plan] finds out what it would change, an
// [Audit] writes down what it does. They stand in the transport of a cluster, as
// every [Link] does, so no call gets round them.
//
// Objects are kept as the JSON that the server sent and looked into when they
// are asked, see [Value]. Lists are read page by page, so memory is flat in
// the size of the cluster.
//
// Every call takes a context first. Errors are [*Error] values, classified
// once where the answer comes in; the end of a context is returned as its
// cause. Nothing is logged and no state is global.
package kube
