package snapshot

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"time"
)

// ErrUnknownField says that a snapshot has a field that the type does not: it
// was written by another, probably newer, program.
var ErrUnknownField = errors.New("unknown field")

// Unmarshal reads a snapshot into what v, a pointer to a struct, points to.
// What is written there is left undefined if it fails. Fields that the
// snapshot does not have become zero.
func Unmarshal(data []byte, v any) error {
	root := reflect.ValueOf(v)
	if root.Kind() != reflect.Pointer || root.Elem().Kind() != reflect.Struct {
		return fmt.Errorf("snapshot: %T is no pointer to a struct", v)
	}
	var doc document
	if err := json.Unmarshal(data, &doc); err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}
	r := &reader{objects: doc.Objects, made: map[int]reflect.Value{0: root}, queue: []int{0}}
	for len(r.queue) > 0 {
		n := r.queue[0]
		r.queue = r.queue[1:]
		if n >= len(r.objects) {
			return fmt.Errorf("snapshot: there is no object %d", n)
		}
		if err := r.fields(r.objects[n], r.made[n].Elem()); err != nil {
			return fmt.Errorf("snapshot: object %d, a %s: %w", n, r.made[n].Elem().Type(), err)
		}
	}
	return nil
}

// reader makes the objects as it meets their numbers, and fills them later.
type reader struct {
	objects []json.RawMessage
	made    map[int]reflect.Value
	queue   []int
}

// object is the pointer to object n, which must be of the type.
func (r *reader) object(n int, t reflect.Type) (reflect.Value, error) {
	if n < 0 || n >= len(r.objects) {
		return reflect.Value{}, fmt.Errorf("there is no object %d", n)
	}
	p, known := r.made[n]
	if !known {
		p = reflect.New(t)
		r.made[n] = p
		r.queue = append(r.queue, n)
	}
	if p.Type().Elem() != t {
		return reflect.Value{}, fmt.Errorf("object %d is a %s and not a %s", n, p.Type().Elem(), t)
	}
	return p, nil
}

func (r *reader) fields(text json.RawMessage, v reflect.Value) error {
	if v.Type() == keyType {
		return readKey(text, v)
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(text, &fields); err != nil {
		return err
	}
	v.SetZero()
	for i := range v.NumField() {
		f := v.Type().Field(i)
		text, given := fields[f.Name]
		if !given || skipped(f) {
			continue
		}
		delete(fields, f.Name)
		if err := r.value(text, open(v, i)); err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	for name := range fields {
		return fmt.Errorf("%w %s", ErrUnknownField, name)
	}
	return nil
}

func readKey(text json.RawMessage, v reflect.Value) error {
	var e encoded
	if err := json.Unmarshal(text, &e); err != nil {
		return err
	}
	key, err := x509.ParsePKCS1PrivateKey(e.Base64)
	if err != nil {
		return err
	}
	into, _ := v.Addr().Interface().(*rsa.PrivateKey)
	into.PublicKey, into.D, into.Primes = key.PublicKey, key.D, key.Primes
	into.Precompute()
	return nil
}

func (r *reader) value(text json.RawMessage, v reflect.Value) error {
	switch v.Kind() {
	case reflect.String:
		b, err := readText(text)
		v.SetString(string(b))
		return err
	case reflect.Struct:
		if v.Type() != timeType {
			return r.fields(text, v)
		}
		var at time.Time
		err := json.Unmarshal(text, &at)
		v.Set(reflect.ValueOf(at.UTC()))
		return err
	case reflect.Pointer:
		return r.pointer(text, v)
	case reflect.Slice, reflect.Array:
		return r.list(text, v)
	case reflect.Map:
		return r.mapping(text, v)
	case reflect.Interface, reflect.Func, reflect.Chan:
		return fmt.Errorf("a %s is not data", v.Type())
	default:
		return json.Unmarshal(text, v.Addr().Interface())
	}
}

func (r *reader) pointer(text json.RawMessage, v reflect.Value) error {
	if isNull(text) {
		v.SetZero()
		return nil
	}
	to := v.Type().Elem()
	if to.Kind() != reflect.Struct || to == timeType {
		p := reflect.New(to)
		v.Set(p)
		return r.value(text, p.Elem())
	}
	var n int
	if err := json.Unmarshal(text, &n); err != nil {
		return err
	}
	p, err := r.object(n, to)
	if err == nil {
		v.Set(p.Convert(v.Type()))
	}
	return err
}

func (r *reader) list(text json.RawMessage, v reflect.Value) error {
	slice := v.Kind() == reflect.Slice
	if slice && isNull(text) {
		v.SetZero()
		return nil
	}
	if slice && v.Type().Elem().Kind() == reflect.Uint8 {
		b, err := readText(text)
		v.Set(reflect.ValueOf(b).Convert(v.Type()))
		return err
	}
	var items []json.RawMessage
	if err := json.Unmarshal(text, &items); err != nil {
		return err
	}
	if slice {
		v.Set(reflect.MakeSlice(v.Type(), len(items), len(items)))
	} else if len(items) != v.Len() {
		return fmt.Errorf("%d items for a %s", len(items), v.Type())
	}
	for i, item := range items {
		if err := r.value(item, v.Index(i)); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) mapping(text json.RawMessage, v reflect.Value) error {
	if isNull(text) {
		v.SetZero()
		return nil
	}
	var pairs [][2]json.RawMessage
	if err := json.Unmarshal(text, &pairs); err != nil {
		return err
	}
	v.Set(reflect.MakeMapWithSize(v.Type(), len(pairs)))
	for _, pair := range pairs {
		key, val := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		if err := r.value(pair[0], key); err != nil {
			return err
		}
		if err := r.value(pair[1], val); err != nil {
			return err
		}
		v.SetMapIndex(key, val)
	}
	return nil
}

func isNull(text json.RawMessage) bool { return bytes.Equal(bytes.TrimSpace(text), []byte("null")) }

// readText reads what the writer's text wrote; never nil.
func readText(text json.RawMessage) ([]byte, error) {
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
		var e encoded
		err := json.Unmarshal(text, &e)
		return append([]byte{}, e.Base64...), err
	}
	var s string
	err := json.Unmarshal(text, &s)
	return []byte(s), err
}
