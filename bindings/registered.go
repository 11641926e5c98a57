package bindings

import (
	"maps"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib/host"
)

// Class describes a class of values that scripts have.
type Class struct {
	Name       string   // as the stubs call it: "kube.View"
	Attributes []string // in order
	Methods    []string // in order
}

// Classes lists all classes, those of two Go types with one name twice.
func Classes() []Class {
	var all []Class
	for _, row := range new(binding).classes() {
		all = append(all, row.class.registered())
	}
	return all
}

// Functions lists the names of the functions of the module kube.
func Functions() []string { return slices.Sorted(maps.Keys(functions)) }

// Operations lists the methods that items of a kind have besides those of all
// items. The kinds are named with their groups, as in "Deployment.apps".
func Operations() map[string][]string {
	all := map[string][]string{}
	for kind, methods := range operations {
		all[kind] = slices.Sorted(maps.Keys(methods))
	}
	return all
}

// ClassOf is the class of a value as the stubs call it, "" for a value without
// one. Items and views have the class of their kind, if there is one.
func ClassOf(v lua.LValue) string {
	ud, ok := v.(*lua.LUserData)
	if !ok {
		return ""
	}
	switch v := ud.Value.(type) {
	case *kube.Item:
		return itemClassName(v.Resource())
	case *kube.View:
		return viewClassName(v.Resource())
	}
	if mt, ok := ud.Metatable.(*lua.LTable); ok {
		if name, ok := mt.RawGetString(host.ClassKey).(lua.LString); ok {
			return string(name)
		}
	}
	return ""
}

// className is the class in the stubs of what messages call so: "container
// state" is kube.ContainerState.
func className(name string) string {
	var b strings.Builder
	b.WriteString("kube.")
	for word := range strings.FieldsSeq(name) {
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}

// documentedAs is the name of the class in the stubs.
func (cl class[T]) documentedAs() string {
	if cl.documented != "" {
		return cl.documented
	}
	return className(cl.name)
}

// registered describes the class.
func (cl class[T]) registered() Class {
	return Class{cl.documentedAs(), slices.Sorted(maps.Keys(cl.attributes)), slices.Sorted(maps.Keys(cl.methods))}
}

// classRow is a class, and where the binding of a VM keeps its metatable.
type classRow struct {
	metatable **lua.LTable
	class     interface {
		metatable(b *binding, L *lua.LState) *lua.LTable
		registered() Class
	}
}

// classes is the table of all classes.
func (b *binding) classes() []classRow {
	return []classRow{
		{&b.address, addressClass},
		{&b.annotations, annotationsClass},
		{&b.cluster, clusterClass},
		{&b.column, columnClass},
		{&b.container, containerClass},
		{&b.containerState, containerStateClass},
		{&b.enum, enumClass},
		{&b.event, eventClass},
		{&b.finalizers, finalizersClass},
		{&b.int64, int64Class},
		{&b.item, itemClass},
		{&b.kindImpl, kindImplClass},
		{&b.labels, labelsClass},
		{&b.log, logClass},
		{&b.mapping, mappingClass},
		{&b.meta, metaClass},
		{&b.null, nullClass},
		{&b.owners, ownersClass},
		{&b.portForward, portForwardClass},
		{&b.process, processClass},
		{&b.proxy, proxyClass},
		{&b.raised, raisedClass},
		{&b.rawWatcher, rawWatcherClass},
		{&b.record, recordClass},
		{&b.response, responseClass},
		{&b.row, rowClass},
		{&b.sequence, sequenceClass},
		{&b.servedKind, servedKindClass},
		{&b.table, tableClass},
		{&b.view, viewClass},
		{&b.watcher, watcherClass},
	}
}
