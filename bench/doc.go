// Command bench measures kubelua beside its peers.
//
// It starts a local cluster, fills it with pods, and has every peer do the same
// work on it in a process of its own: count the pods that run, collect all
// names, label 500 pods one after another and 16 at once, take the first events
// of a watch and of 20 at once, and just start. Before that, without a cluster,
// it has tasks sleep and take turns, and coroutines made and resumed, beside the
// stock gopher-lua. The peers take turns, several rounds, each round beginning with
// another one; what is printed are medians, as a Markdown table. Peers that are
// not installed are left out, which the table says.
//
// The floor is what nobody can beat by much: Go's net/http reading the same bytes
// from the server and looking at nothing but the continue token (see floor).
//
//	make bench          5,000 pods on 3 nodes
//	make bench BIG=1    and then 20,000 pods on 10 nodes
//
// Numbers never make it fail, because machines differ; it exits with 1 when
// something can't be run, or a peer gets another result than it should.
package main
