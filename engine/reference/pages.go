package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kubelua/kubelua/stdlib/luacats"
)

// page is a page of the reference.
type page struct {
	name  string // "views", of the file views.md
	title string
	about string   // a sentence, for the list of pages too
	guide string   // the page that says how it is used, seen from this one; "" if there is none
	files []string // the stubs that it shows, in this order
}

// pages are those that show more than a module. Each module has one of its own.
func pages() []page {
	return []page{
		{"kube", "The module kube", "Clusters, values, paths and text.", "../kinds.md", []string{"kube/kube.lua"}},
		{"clusters", "Clusters", "Where everything begins.", "../writing.md", []string{"kube/cluster.lua"}},
		{"views", "Views", "Collections of objects, and their tables.", "../kinds.md", []string{"kube/view.lua", "kube/table.lua"}},
		{"items", "Items", "Snapshots of objects, what all of them have, and what is in them.", "../writing.md", []string{"kube/item.lua", "kube/metadata.lua", "kube/value.lua"}},
		{"pods", "Pods", "Containers, logs, commands, ports and files.", "../pods.md", []string{"kube/pod.lua", "kube/container.lua", "kube/running.lua", "kube/log.lua", "kube/process.lua"}},
		{"workloads", "Workloads", "What has pods: scaling, rolling out, jobs, services.", "../workloads.md", []string{"kube/workload.lua", "kube/job.lua"}},
		{"nodes", "Nodes", "Cordons, taints and drains.", "../workloads.md#nodes", []string{"kube/node.lua"}},
		{"watches", "Watches", "Events as they come.", "../tasks.md#watches", []string{"kube/watcher.lua"}},
		{"kinds", "Kinds and enumerations", "What is known of kinds, and the words of their status.", "../kinds.md", []string{"kube/kind.lua", "kube/kinds.lua", "kube/enums.lua"}},
		{"proxies", "Proxies", "Any other call of an API.", "../../README.md#the-lua-api", []string{"kube/proxy.lua"}},
		{"errors", "Errors", "What is raised.", "../../README.md#the-lua-api", []string{"kube/error.lua"}},
		{"tasks", "Tasks", "Tasks, queues and timers.", "../tasks.md", []string{"engine/task.lua"}},
		{"jobs", "Jobs", "What is run on a schedule.", "../schedule.md", []string{"engine/job.lua"}},
		{"tests", "Tests", "What the functions of tests get.", "../testing.md", []string{"engine/test.lua"}},
		{"lua", "Lua's own", "The functions and libraries of Lua 5.1, as far as scripts have them.", "../../README.md#install-and-run", []string{
			"lua/base.lua", "engine/protect.lua", "lua/string.lua", "lua/table.lua", "lua/math.lua", "engine/coroutine.lua", "lua/io.lua", "lua/os.lua", "engine/debug.lua"}},
	}
}

// modulePages are the pages of the modules.
func modulePages(api *luacats.Index) []page {
	var list []page
	for _, m := range api.Modules() {
		about, _, _ := strings.Cut(strings.ReplaceAll(m.Doc, "\n", " "), ". ")
		list = append(list, page{m.Name, "The module " + m.Name, strings.TrimSuffix(about, ".") + ".", "../stdlib.md", []string{"lua/" + m.Name + ".lua"}})
	}
	return list
}

// generated stands below the title of each page.
const generated = "<!-- Written by make docs, from the stubs. -->\n"

// render makes the text of each page, by the name of its file.
func render(api *luacats.Index) (map[string]string, error) {
	topics, modules := pages(), modulePages(api)
	w := &writer{api: api, pages: map[string]string{}}
	for _, p := range append(topics, modules...) {
		for _, file := range p.files {
			w.pages[file] = p.name
		}
	}
	w.findInline()
	if err := w.complete(); err != nil {
		return nil, err
	}
	texts := map[string]string{}
	for _, p := range append(topics, modules...) {
		w.Reset()
		w.page(p)
		texts[p.name+".md"] = w.String()
	}
	w.Reset()
	w.index(topics, modules)
	texts["README.md"] = w.String()
	return texts, nil
}

// complete tells which stubs are on no page.
func (w *writer) complete() error {
	missing := map[string]bool{}
	for _, c := range w.api.Classes() {
		missing[stubOf(c.Where)] = true
	}
	for _, s := range w.api.Globals() {
		missing[stubOf(s.Where)] = true
	}
	maps.DeleteFunc(missing, func(file string, _ bool) bool { return w.pages[file] != "" })
	if len(missing) > 0 {
		return fmt.Errorf("on no page of the reference: %s", strings.Join(slices.Sorted(maps.Keys(missing)), ", "))
	}
	return nil
}

// index writes the page that lists the others.
func (w *writer) index(topics, modules []page) {
	w.line("# Reference")
	w.line(generated)
	w.line("All that scripts can call, as editors show it. `f(name, options?)` may be called without what has a question mark;\n" +
		"options are a table, the last argument. The [guides](../../README.md#the-lua-api) say how things are used.\n")
	list := func(title string, pages []page) {
		w.line("| %s | |\n|---|---|", title)
		for _, p := range pages {
			w.line("| [%s](%s.md) | %s |", strings.TrimPrefix(p.title, "The module "), p.name, cell(p.about))
		}
		w.line("")
	}
	list("always there", topics)
	list("by `require`", modules)
	w.trim()
}
