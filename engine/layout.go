package engine

import (
	"fmt"
	"reflect"
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// How large tables and stacks are, and what is on a stack, the VM's library keeps
// to itself. The fields that tell it are found by their names, so that a version
// of the library that lacks one is found out when the program starts.
var (
	tableArray  = privateField[[]lua.LValue](reflect.TypeFor[lua.LTable](), "array")
	tableKeys   = privateField[[]lua.LValue](reflect.TypeFor[lua.LTable](), "keys")
	tableTexts  = privateField[map[string]lua.LValue](reflect.TypeFor[lua.LTable](), "strdict")
	tableOthers = privateField[map[lua.LValue]lua.LValue](reflect.TypeFor[lua.LTable](), "dict")

	stateRegistry   = privateField[unsafe.Pointer](reflect.TypeFor[lua.LState](), "reg")
	upvalueRegistry = privateField[unsafe.Pointer](reflect.TypeFor[lua.Upvalue](), "reg")
	registryArray   = privateField[[]lua.LValue](typeOfField(reflect.TypeFor[lua.LState](), "reg").Elem(), "array")
)

// private is a field of type T of a struct.
type private[T any] struct{ offset uintptr }

func privateField[T any](of reflect.Type, name string) private[T] {
	f, _ := of.FieldByName(name)
	pointer := f.Type != nil && f.Type.Kind() == reflect.Pointer && reflect.TypeFor[T]().Kind() == reflect.UnsafePointer
	if f.Type != reflect.TypeFor[T]() && !pointer {
		panic(fmt.Sprintf("%v has no field %s of type %v", of, name, reflect.TypeFor[T]()))
	}
	return private[T]{f.Offset}
}

func typeOfField(of reflect.Type, name string) reflect.Type {
	f, _ := of.FieldByName(name)
	return f.Type
}

// of is the field's value in the struct at p.
func (f private[T]) of(p unsafe.Pointer) T { return *(*T)(unsafe.Add(p, f.offset)) }
