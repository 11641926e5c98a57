// Package board shows by HTTP what a scheduler does: a page for people, metrics for
// Prometheus, and whether the process is well. One thing can be done there, to have a
// job run now, and only with a token.
package board
