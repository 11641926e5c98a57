package luacats

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// reader reads files into an index.
type reader struct {
	index   *Index
	types   []use     // every type that was read, to be checked at the end
	modules []*Symbol // the globals and modules that are the table of a class

	name   string            // the file that is read
	module string            // what require calls what it documents, "" if nothing
	line   int               // its line
	meta   bool              // it has said that it is a stub
	locals map[string]string // its local tables, by name, with the class that each stands for
	block  *block            // the comment that is read, nil between comments
}

// use is a type, class or alias that a stub names.
type use struct {
	where    string
	name     string
	generics []string // of the function in which it stands
	class    bool     // only a class will do
}

// block is a comment of annotations, up to the line of code that it documents.
type block struct {
	text     []string // what no annotation has taken yet
	class    *Class   // of a @class
	alias    *Alias   // of an @alias
	typed    *Type    // of a @type
	function Symbol   // what a function would take of it
	began    bool     // an annotation for a function was read
}

// The lines of code that stubs have. They are compiled when stubs are first read:
// most runs read none.
var (
	localLine    = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^local (\w+) = \{\}$`) })
	returnLine   = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^return (\w+)$`) })
	globalLine   = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(\w+) = (\{\}|nil|"")$`) })
	functionLine = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^function (?:(\w+)([.:]))?(\w+)\(([\w, .]*)\) end$`)
	})
)

// where is the line that is read.
func (r *reader) where() string { return fmt.Sprintf("%s:%d", r.name, r.line) }

// file reads a file.
func (r *reader) file(f File) error {
	r.name, r.module, r.meta, r.locals, r.block = f.Name, "", false, map[string]string{}, nil
	lines := strings.Split(f.Text, "\n")
	for i, line := range append(lines, "") {
		r.line = min(i+1, len(lines))
		if err := r.read(strings.TrimRight(line, " \t\r")); err != nil {
			return fmt.Errorf("%s: %w", r.where(), err)
		}
	}
	if !r.meta {
		return fmt.Errorf("%s: there is no @meta", r.name)
	}
	return nil
}

// read reads a line.
func (r *reader) read(line string) error {
	switch text, comment := strings.CutPrefix(line, "---"); {
	case comment:
		return r.comment(strings.TrimPrefix(text, " "))
	case line == "", strings.HasPrefix(line, "--"):
		return r.end()
	}
	if r.block == nil {
		r.block = &block{}
	}
	if err := r.code(line); err != nil {
		return err
	}
	return r.end()
}

// end ends a comment. What is left of it documents nothing.
func (r *reader) end() error {
	b := r.block
	r.block = nil
	switch {
	case b == nil:
		return nil
	case len(b.text) > 0:
		return fmt.Errorf("the text before documents nothing (a comment for nobody begins with two dashes)")
	case b.began:
		return fmt.Errorf("the annotations before have no function")
	case b.typed != nil:
		return fmt.Errorf("the @type before has no variable")
	case b.alias != nil && b.alias.Type.Form == Unknown:
		return fmt.Errorf("the alias %s has no type", b.alias.Name)
	}
	return nil
}

// take takes the text that stands before an annotation.
func (b *block) take() string {
	text := strings.TrimSpace(strings.Join(b.text, "\n"))
	b.text = nil
	return text
}

// comment reads a line of a comment, without its dashes.
func (r *reader) comment(text string) error {
	if r.block == nil {
		r.block = &block{}
	}
	b := r.block
	if rest, ok := strings.CutPrefix(text, "|"); ok && b.alias != nil {
		return r.choice(rest)
	}
	rest, ok := strings.CutPrefix(text, "@")
	if !ok {
		if b.began {
			return fmt.Errorf("text stands before the annotations of a function")
		}
		b.text = append(b.text, text)
		return nil
	}
	name, rest, _ := strings.Cut(rest, " ")
	if err := r.annotation(name, strings.TrimSpace(rest)); err != nil {
		return fmt.Errorf("@%s: %w", name, err)
	}
	return nil
}

// annotation reads one of the annotations that stubs have.
func (r *reader) annotation(name, text string) error {
	switch name {
	case "alias":
		return r.alias(text)
	case "class":
		return r.class(text)
	case "field":
		return r.field(text)
	case "generic":
		return r.generic(text)
	case "meta":
		r.meta, r.module = true, text
		return nil
	case "overload":
		return r.overload(text)
	case "param":
		return r.param(text)
	case "return":
		return r.returns(text)
	case "type":
		return r.typed(text)
	}
	return errors.New("unknown annotation")
}

// parse reads the type at the start of a text, and the doc that follows it.
func (r *reader) parse(text string) (Type, string, error) {
	t, doc, err := ParseType(text)
	if err == nil {
		t.names(func(name string) {
			r.types = append(r.types, use{r.where(), name, r.block.function.Generics, false})
		})
	}
	return t, strings.TrimSpace(strings.TrimPrefix(doc, "#")), err
}

// only reads a type that nothing follows.
func (r *reader) only(text string) (Type, error) {
	t, rest, err := r.parse(text)
	if err == nil && rest != "" {
		err = fmt.Errorf("%q is too much", rest)
	}
	return t, err
}

// class reads "NAME: PARENT, PARENT".
func (r *reader) class(text string) error {
	name := nameAt(text)
	rest := strings.TrimSpace(text[len(name):])
	if name == "" {
		return fmt.Errorf("the name is missing")
	}
	if r.block.class != nil {
		return fmt.Errorf("there is one already in this comment")
	}
	c := r.index.class(name)
	c.Where = cmp.Or(c.Where, r.where())
	r.block.class = c
	if doc := r.block.take(); doc != "" {
		if c.Doc != "" {
			return fmt.Errorf("%s has a text already", name)
		}
		c.Doc = doc
	}
	parents, ok := strings.CutPrefix(rest, ":")
	if !ok && rest != "" {
		return fmt.Errorf("%q is too much", rest)
	}
	for parent := range strings.SplitSeq(parents, ",") {
		if parent = strings.TrimSpace(parent); !ok {
			break
		} else if nameAt(parent) != parent || parent == "" {
			return fmt.Errorf("%q is no class", parent)
		}
		r.types = append(r.types, use{r.where(), parent, nil, true})
		if !slices.Contains(c.Parents, parent) {
			c.Parents = append(c.Parents, parent)
		}
	}
	return nil
}

// field reads "NAME? TYPE DOC" or "[KEY] TYPE DOC".
func (r *reader) field(text string) error {
	c, before := r.block.class, r.block.take()
	if c == nil {
		return fmt.Errorf("there is no @class in this comment")
	}
	var key Type
	name := paramAt(text)
	rest := text[len(name):]
	if bracketed, ok := strings.CutPrefix(text, "["); ok {
		var err error
		if key, rest, err = r.parse(bracketed); err != nil {
			return err
		}
		if rest, ok = strings.CutPrefix(rest, "]"); !ok {
			return fmt.Errorf("a ] is missing")
		}
	} else if name == "" {
		return fmt.Errorf("the name is missing")
	}
	rest, optional := strings.CutPrefix(rest, "?")
	t, doc, err := r.parse(strings.TrimSpace(rest))
	if err != nil {
		return err
	}
	if doc == "" {
		doc = before
	} else if before != "" {
		return fmt.Errorf("there is text before and behind it")
	}
	switch key.Form {
	case Unknown:
	case Literal:
		name = strings.Trim(key.Name, `"'`)
	default:
		c.Keys = append(c.Keys, Key{key, t, doc})
		return nil
	}
	return c.add(&Symbol{
		Kind: Field, Name: name, Owner: c.Name, Path: c.Name + "." + name, Doc: doc,
		Type: t, Optional: optional || t.Optional(), Where: r.where(),
	})
}

// alias reads "NAME TYPE" or "NAME", which lines of choices follow.
func (r *reader) alias(text string) error {
	a := &Alias{Name: nameAt(text), Doc: r.block.take(), Where: r.where()}
	switch {
	case a.Name == "":
		return fmt.Errorf("the name is missing")
	case r.index.aliases[a.Name] != nil:
		return fmt.Errorf("there is a %s already", a.Name)
	}
	r.index.aliases[a.Name] = a
	r.block.alias = a
	rest := strings.TrimSpace(text[len(a.Name):])
	if rest == "" {
		return nil
	}
	var err error
	if a.Type, err = r.only(rest); err != nil {
		return err
	}
	for _, t := range a.Type.members() {
		a.Choices = append(a.Choices, Choice{Type: t})
	}
	return nil
}

// choice reads `"stop" # doc` of an alias.
func (r *reader) choice(text string) error {
	t, doc, err := r.parse(text)
	if err != nil {
		return err
	}
	a := r.block.alias
	a.Choices = append(a.Choices, Choice{t, doc})
	var of []Type
	for _, c := range a.Choices {
		of = append(of, c.Type)
	}
	a.Type = flat(of)
	return nil
}

// generic reads "T" or "T, R".
func (r *reader) generic(text string) error {
	for name := range strings.SplitSeq(text, ",") {
		if name = strings.TrimSpace(name); name == "" || paramAt(name) != name {
			return fmt.Errorf("%q is no name", name)
		}
		r.block.function.Generics = append(r.block.function.Generics, name)
	}
	r.block.began = true
	return nil
}

// overload reads another way to call a function or the values of a class.
func (r *reader) overload(text string) error {
	t, err := r.only(text)
	switch c := r.block.class; {
	case err != nil:
		return err
	case t.Form != Function:
		return fmt.Errorf("%s is no function", t)
	case c != nil:
		c.Overloads = append(c.Overloads, t)
	default:
		r.block.began = true
		r.block.function.Overloads = append(r.block.function.Overloads, t)
	}
	return nil
}

// param reads "NAME? TYPE DOC".
func (r *reader) param(text string) error {
	p := Param{Name: paramAt(text)}
	if p.Name == "" {
		return fmt.Errorf("the name is missing")
	}
	rest, optional := strings.CutPrefix(text[len(p.Name):], "?")
	var err error
	if p.Type, p.Doc, err = r.parse(strings.TrimSpace(rest)); err != nil {
		return err
	}
	p.Optional = optional || p.Type.Optional()
	r.block.began = true
	r.block.function.Params = append(r.block.function.Params, p)
	return nil
}

// returns reads "TYPE NAME # DOC", where name and doc may be missing.
func (r *reader) returns(text string) error {
	v := Return{}
	spec, doc, _ := strings.Cut(text, " #")
	var err error
	if v.Type, v.Name, err = r.parse(spec); err != nil {
		return err
	}
	if v.Name != paramAt(v.Name) {
		return fmt.Errorf("%q is no name (the text begins with a #)", v.Name)
	}
	v.Doc = strings.TrimSpace(doc)
	r.block.began = true
	r.block.function.Returns = append(r.block.function.Returns, v)
	return nil
}

// typed reads the type of a variable.
func (r *reader) typed(text string) error {
	t, err := r.only(text)
	r.block.typed = &t
	return err
}

// code reads the line of code that a comment documents.
func (r *reader) code(line string) error {
	b := r.block
	if m := localLine().FindStringSubmatch(line); m != nil {
		if b.class == nil {
			return fmt.Errorf("the local %s stands for no @class", m[1])
		}
		r.locals[m[1]] = b.class.Name
		return nil
	}
	if m := globalLine().FindStringSubmatch(line); m != nil {
		return r.global(m[1])
	}
	if m := returnLine().FindStringSubmatch(line); m != nil {
		return r.returned(m[1])
	}
	m := functionLine().FindStringSubmatch(line)
	if m == nil {
		return fmt.Errorf("a stub has no such line (want a table, an empty global or function ... end)")
	}
	s := b.function
	b.function, b.began = Symbol{}, false
	s.Kind, s.Name, s.Path, s.Doc, s.Where = Func, m[3], m[1]+m[2]+m[3], b.take(), r.where()
	if err := s.declared(m[4]); err != nil {
		return err
	}
	if m[1] == "" {
		return r.define(&s)
	}
	owner, local := r.locals[m[1]]
	if global := r.index.globals[m[1]]; !local && global != nil {
		owner = global.Type.Name
	}
	c := r.index.classes[owner]
	if c == nil {
		return fmt.Errorf("%s stands for no class", m[1])
	}
	if m[2] == ":" {
		s.Kind = Method
	}
	s.Owner = c.Name
	if local {
		s.Path = c.Name + m[2] + m[3]
	}
	return c.add(&s)
}

// declared compares the parameters of a function with its annotations.
func (s *Symbol) declared(list string) error {
	var names []string
	for name := range strings.SplitSeq(list, ",") {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	var annotated []string
	for _, p := range s.Params {
		annotated = append(annotated, p.Name)
	}
	if !slices.Equal(names, annotated) {
		return fmt.Errorf("the parameters are (%s), the @param are (%s)", strings.Join(names, ", "), strings.Join(annotated, ", "))
	}
	return nil
}

// global reads a global variable: of the class or type that its comment names.
func (r *reader) global(name string) error {
	b := r.block
	s := &Symbol{Kind: Field, Name: name, Path: name, Where: r.where()}
	switch {
	case b.class != nil:
		s.Type, s.Doc = ClassType(b.class.Name), b.class.Doc
		r.modules = append(r.modules, s)
	case b.typed != nil:
		s.Type, s.Doc = *b.typed, b.take()
		b.typed = nil
	default:
		return fmt.Errorf("the global %s has neither @class nor @type", name)
	}
	return r.define(s)
}

// returned reads what a module returns: a table of the class that documents it.
func (r *reader) returned(name string) error {
	class, ok := r.locals[name]
	switch {
	case !ok:
		return fmt.Errorf("%s stands for no class", name)
	case r.module == "":
		return fmt.Errorf("the module has no name (its file begins with ---@meta NAME)")
	case r.index.modules[r.module] != nil:
		return fmt.Errorf("there is a module %s already, see %s", r.module, r.index.modules[r.module].Where)
	}
	s := &Symbol{Kind: Field, Name: r.module, Path: r.module, Where: r.where(), Type: ClassType(class), Doc: r.index.classes[class].Doc}
	r.index.modules[r.module] = s
	r.modules = append(r.modules, s)
	return nil
}

// define adds a global, whose name must be new.
func (r *reader) define(s *Symbol) error {
	if other := r.index.globals[s.Name]; other != nil {
		return fmt.Errorf("there is a global %s already, see %s", s.Name, other.Where)
	}
	r.index.globals[s.Name] = s
	return nil
}

// basic are the types that nobody declares.
var basic = []string{
	"any", "boolean", "false", "function", "integer", "nil", "number", "self", "string", "table", "thread", "true", "userdata",
}

// check checks, when all is read, that every type is declared and that no class
// is below itself. What a module has is said by the name of the module.
func (r *reader) check() error {
	for _, u := range r.types {
		class := r.index.classes[u.name] != nil
		other := slices.Contains(basic, u.name) || slices.Contains(u.generics, u.name) || r.index.aliases[u.name] != nil
		if !class && (u.class || !other) {
			return fmt.Errorf("%s: there is no type %s", u.where, u.name)
		}
	}
	for _, module := range r.modules {
		for _, m := range r.index.classes[module.Type.Name].Members {
			m.Path = module.Name + "." + m.Name
		}
	}
	for _, c := range sorted(r.index.classes) {
		if r.index.aliases[c.Name] != nil {
			return fmt.Errorf("%s is a class and an alias", c.Name)
		}
		if slices.Contains(r.index.lineage(c)[1:], c) {
			return fmt.Errorf("the class %s is below itself", c.Name)
		}
	}
	return nil
}
