package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/pflag"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/engine/deploy"
	"github.com/kubelua/kubelua/engine/permit"
	"github.com/kubelua/kubelua/kube"
)

const deployHelp = `
Prints the manifests by which job files run in a cluster: a Deployment of kubelua
schedule, or a CronJob for each job, with the files in a ConfigMap and a service
account that may do what it must. What the jobs may do is what the first comments
of their files say, as for kubelua check --rbac, in all namespaces; or with --rbac
the roles of a file, such as --record-rbac writes. --allow-read and its like, before
the word deploy, grant in the pods what they say. Guards there are those of --apply
alone: jobs have theirs in their policies.

Usage:
  kubelua [flags] deploy [flags] FILE|FOLDER...

Flags:
%s
The namespace is that of --namespace, else the context's, else "default".

Examples:
  kubelua deploy -n ops jobs/ > ops.yaml
  kubelua deploy -n ops --rbac role.yaml --apply jobs/
  kubelua deploy -n ops --as cronjobs --image registry.example.com/kubelua:1.4 jobs/
`

// deploying are the flags of the command.
type deploying struct {
	deploy.Options
	form  string
	rbac  []string
	apply bool
	help  bool
}

func (d *deploying) flags() *pflag.FlagSet {
	fs := newFlags("deploy")
	fs.SetInterspersed(true)
	fs.Var(oneOf(&d.form, "deployment", "deployment", "cronjobs"), "as", "what to make: deployment or cronjobs, as `FORM`")
	fs.StringVar(&d.Name, "name", "kubelua-schedule", "the `NAME` of the objects")
	fs.StringVar(&d.Image, "image", "kubelua:latest", "the `IMAGE` of kubelua")
	fs.StringVar(&d.Timezone, "timezone", "", "the `ZONE` of jobs that name none (else UTC)")
	fs.IntVar(&d.Replicas, "replicas", 2, "have `N` pods of the Deployment")
	fs.IntVar(&d.Shards, "shards", 1, "have the jobs shared out among its pods, in `N` parts")
	fs.StringArrayVar(&d.rbac, "rbac", nil, "the jobs may do what the roles in `FILE` say (repeatable)")
	fs.BoolVar(&d.apply, "apply", false, "apply the manifests instead of printing them")
	fs.BoolVarP(&d.help, "help", "h", false, "show this help")
	return fs
}

// runDeploy is the subcommand deploy.
func runDeploy(ctx context.Context, o *options, args []string) (failed error) {
	var d deploying
	flags := d.flags()
	if err := o.parseBehind(flags, args); err != nil { // but for --as, which is of another meaning here
		return err
	}
	if d.help {
		return runHelp(ctx, nil, []string{"deploy"})
	}
	if err := d.check(flags); err != nil {
		return err
	}
	granted := permit.Grants(o.permits)
	if err := granted.Check(); err != nil {
		return usageError("%w", err)
	}
	d.Grants, o.permits = engine.Grants(granted), permissions{} // they are for the pods
	r, err := o.begin("(deploy)")
	if err != nil {
		return err
	}
	defer r.end(&failed)
	r.world.Narrow = func(w engine.World, g engine.Grants) (engine.World, func(), error) {
		return w, func() {}, permit.Grants(g).Within(granted)
	}
	reached, err := o.reach(ctx, progress())
	if err != nil {
		return err
	}
	cluster, err := kube.Connect(reached)
	if err != nil {
		return err
	}
	defer cluster.Close()
	d.Namespace = namespaceOf(reached, cluster)
	machine := r.runs(func() (kube.Options, error) { return reached, nil })
	if d.Files, err = deploy.Read(ctx, flags.Args(), machine.LoadToRun); err != nil {
		return err
	}
	if err := d.roles(ctx); err != nil {
		return err
	}
	objects, err := d.objects()
	if err != nil {
		return err
	}
	if d.apply {
		return applyAll(ctx, cluster, objects)
	}
	_, err = io.WriteString(os.Stdout, objects.YAML())
	return err
}

func (d *deploying) check(flags *pflag.FlagSet) error {
	switch {
	case flags.NArg() == 0:
		return usageError("no jobs: name files or folders, or see kubelua help deploy")
	case !schedulerName.MatchString(d.Name):
		return usageError("--name must be a text of lower case letters, digits and dashes, at most 40, not %q", d.Name)
	case d.form == "cronjobs" && (flags.Changed("replicas") || flags.Changed("shards")):
		return usageError("--replicas and --shards are of a Deployment")
	}
	if d.Replicas < 1 {
		return usageError("--replicas must be 1 or more")
	}
	return checkShards(d.Shards)
}

// roles finds out what the jobs may do.
func (d *deploying) roles(ctx context.Context) error {
	for _, name := range d.rbac {
		text, err := os.ReadFile(name)
		if err != nil {
			return usageError("--rbac: %w", err)
		}
		roles, err := kube.ParseRoles(ctx, string(text), d.Namespace)
		if err != nil {
			return usageError("--rbac: %s: %w", name, err)
		}
		d.Roles = append(d.Roles, roles...)
	}
	if d.rbac != nil {
		return nil
	}
	for _, f := range d.Files {
		if f.Jobs == nil {
			continue
		}
		rules, err := headRules(f.Text)
		switch {
		case errors.Is(err, errNoRules):
			fmt.Fprintf(os.Stderr, "warning: %s: its jobs may do nothing: %s\n", f.Path, err)
		case err != nil:
			return fmt.Errorf("%s: %w", f.Path, err)
		case len(rules) > 0:
			d.Roles = append(d.Roles, kube.Role{Rules: rules})
		}
	}
	return nil
}

// objects are the objects of the form that is wanted.
func (d *deploying) objects() (deploy.Objects, error) {
	if d.form == "deployment" {
		return deploy.Scheduler(d.Options)
	}
	objects, warnings, err := deploy.CronJobs(d.Options)
	for _, w := range warnings {
		fmt.Fprintf(os.Stderr, "warning: %s\n", w)
	}
	return objects, err
}

// applyAll applies objects, and takes over what others have set in them: this is
// what they shall be.
func applyAll(ctx context.Context, cluster *kube.Cluster, objects deploy.Objects) error {
	for _, object := range objects {
		item, err := cluster.Apply(ctx, object, kube.ApplyOptions{Manifest: true, Force: true})
		if err != nil {
			return err
		}
		fmt.Printf("%s applied\n", item)
	}
	return nil
}
