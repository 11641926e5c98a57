// Package local starts, finds and stops the local cluster: a real Kubernetes
// control plane on this machine, with nodes that are played. It drives the
// program kubelua-localcluster, which has the control plane inside, and needs
// nothing of it but the program file.
//
// A cluster is known by its state directory. There is one supervisor process a
// directory, which runs the components and writes state.json; this package
// starts it detached, reads that file, and trusts locks, never the file, on
// whether something is alive. The cluster lives on when the program that
// started it ends.
//
// It runs on linux and darwin. Elsewhere every function returns ErrUnsupported.
package local
