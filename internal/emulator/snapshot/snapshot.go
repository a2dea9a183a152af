// Package snapshot writes a graph of Go values as JSON and reads it back:
// unexported fields too, and pointers by identity, so that what was one object
// is one again. The emulator saves its world with it. It asks nothing of the
// types but that they are data, so whoever adds a field to the world need not
// think of saving it.
//
// A snapshot is a list of objects. The first is the value itself; every other
// is a struct that a pointer leads to, and where the pointer stands there is
// its number. Zero values are left out. A field tagged `snapshot:"-"` is not
// written: it is a cache, or belongs to the running process.
//
// Pointers to anything but structs are written as what they point to: two of
// them that were one are two afterwards. Pointers into the middle of a struct
// are not for this package. Interfaces, functions and channels are not data,
// and [Check] says where a type has one.
package snapshot

import (
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"reflect"
	"time"
	"unsafe"
)

var (
	timeType = reflect.TypeFor[time.Time]()
	keyType  = reflect.TypeFor[rsa.PrivateKey]()
)

// document is a snapshot as it is written.
type document struct {
	Objects []json.RawMessage `json:"objects"`
}

// encoded is text that is no UTF-8, and bytes that are none.
type encoded struct {
	Base64 []byte `json:"base64"`
}

// Check tells why values of v's type cannot be written, by the path of the
// field at fault; nil if they can.
func Check(v any) error {
	return check(reflect.TypeOf(v), "", map[reflect.Type]bool{})
}

func check(t reflect.Type, path string, seen map[reflect.Type]bool) error {
	if seen[t] || t == timeType || t == keyType {
		return nil
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array:
		return check(t.Elem(), path, seen)
	case reflect.Map:
		if err := check(t.Key(), path+" (key)", seen); err != nil {
			return err
		}
		return check(t.Elem(), path, seen)
	case reflect.Struct:
		for i := range t.NumField() {
			f := t.Field(i)
			if skipped(f) {
				continue
			}
			if err := check(f.Type, path+"."+f.Name, seen); err != nil {
				return err
			}
		}
	case reflect.Interface, reflect.Func, reflect.Chan, reflect.UnsafePointer, reflect.Uintptr,
		reflect.Complex64, reflect.Complex128:
		return fmt.Errorf("%s is a %s, which is not data", path, t)
	}
	return nil
}

func skipped(f reflect.StructField) bool { return f.Tag.Get("snapshot") == "-" }

// open is a field of an addressable struct, free of the bar that reflection
// puts before unexported names.
func open(v reflect.Value, i int) reflect.Value {
	f := v.Field(i)
	return reflect.NewAt(f.Type(), unsafe.Pointer(f.UnsafeAddr())).Elem() //nolint:gosec // the way to another package's unexported data
}

// addressable is v, or a copy of it that has an address.
func addressable(v reflect.Value) reflect.Value {
	if v.CanAddr() {
		return v
	}
	out := reflect.New(v.Type()).Elem()
	out.Set(v)
	return out
}
