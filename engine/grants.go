package engine

import (
	"iter"
	"strings"

	"github.com/kubelua/kubelua/kube"
)

// Grants are names of what scripts may do to the machine. The zero Grants are
// nothing. In each list "*" is everything.
type Grants struct {
	// Read and Write are files, and folders with all below them. Relative ones
	// start at the working directory. A file that doesn't exist yet is granted
	// by its name.
	Read, Write []string

	// Env are names of environment variables. One that ends in "*" is for all
	// that start like it.
	Env []string

	// Net are HOST:PORT, HOST (every port), and *.DOMAIN[:PORT].
	Net []string

	// Run are programs: by name, found in $PATH, or by path.
	Run []string

	// All grants everything.
	All bool
}

// Kinds are the lists of the grants, with what comes behind --allow- in the names of
// their flags.
func (g *Grants) Kinds() iter.Seq2[string, *[]string] {
	return func(yield func(string, *[]string) bool) {
		_ = yield("read", &g.Read) && yield("write", &g.Write) && yield("env", &g.Env) && yield("net", &g.Net) && yield("run", &g.Run)
	}
}

// PolicyKey is the key that a kind of grants has in the policy of a job.
func PolicyKey(kind string) string { return "allow" + strings.ToUpper(kind[:1]) + kind[1:] }

// Narrowed is a World in which scripts may do to the machine what the policy of the
// job says, until release is called; the World itself where it says nothing of that.
// Asking for what the World doesn't grant is a DeniedError, and what makes no sense a ValueError.
func (j *Job) Narrowed(w World) (narrowed World, release func(), err error) {
	if j.Grants == nil {
		return w, func() {}, nil
	}
	narrow := w.Narrow
	if narrow == nil {
		narrow = nothing
	}
	if narrowed, release, err = narrow(w, *j.Grants); err == nil {
		return narrowed, release, nil
	}
	kind := kube.ValueError
	if kube.IsKind(err, kube.DeniedError) {
		kind = kube.DeniedError
	}
	return w, nil, kube.Errorf(kind, "%s: job %s: policy.%w", j.Where, j.Name, err)
}

// nothing narrows a World that can't be narrowed, to nothing.
func nothing(w World, g Grants) (World, func(), error) {
	for kind, names := range g.Kinds() {
		for _, name := range *names {
			return w, nil, NotGranted(kind, name)
		}
	}
	return w.Streams(), func() {}, nil
}

// NotGranted is the error for a grant that a job asks for and can't have.
func NotGranted(kind, name string) error {
	return Denied(PolicyKey(kind)+" "+name, kind, name)
}
