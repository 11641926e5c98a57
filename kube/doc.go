// Package kube is a small Kubernetes client for programs that look at many
// objects and change some.
//
// A [Cluster] offers [View]s, which are collections: of all namespaces or one,
// whole or narrowed by selectors. A view gives [Item]s, immutable snapshots of
// objects. What changes an object is a method call that returns the newest
// item. A [Watcher] delivers changes; a [Proxy] makes any other call.
//
// Objects are kept as the JSON that the server sent and looked into when they
// are asked, see [Value]. Lists are read page by page, so memory is flat in
// the size of the cluster.
//
// Every call takes a context first. Errors are [*Error] values, classified
// once where the answer comes in; the end of a context is returned as its
// cause. Nothing is logged and no state is global.
package kube
