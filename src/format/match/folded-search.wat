;; Finds text whatever the case of its ASCII letters, 16 bytes at once. `folded-search.ts` has it compiled:
;; npx --package wabt wat2wasm folded-search.wat --output=- | base64
;; Looks in the memory from $at on for the bytes at $needle, of which $last is the index of the last one. Gives the first
;; place before $end at which they stand whole, or -1. Reads up to $last + 15 bytes beyond $end.
(module
  (memory (export "memory") 6)
  (func $fold (param $x v128) (result v128)
    (v128.or (local.get $x)
      (v128.and (i8x16.splat (i32.const 32))
        (i8x16.lt_u (i8x16.sub (local.get $x) (i8x16.splat (i32.const 65))) (i8x16.splat (i32.const 26))))))
  (func (export "find") (param $needle i32) (param $at i32) (param $end i32) (param $last i32) (result i32)
    (local $a v128) (local $z v128) (local $found i32) (local $start i32) (local $k i32) (local $c i32)
    (local.set $a (i8x16.splat (i32.load8_u (local.get $needle))))
    (local.set $z (i8x16.splat (i32.load8_u (i32.add (local.get $needle) (local.get $last)))))
    (local.set $end (i32.sub (local.get $end) (local.get $last)))
    (block $none
      (loop $blocks
        (br_if $none (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $found (i8x16.bitmask (v128.and
          (i8x16.eq (local.get $a) (call $fold (v128.load align=1 (local.get $at))))
          (i8x16.eq (local.get $z) (call $fold (v128.load align=1 (i32.add (local.get $at) (local.get $last))))))))
        (block $nothing
          (loop $places
            (br_if $nothing (i32.eqz (local.get $found)))
            (local.set $start (i32.add (local.get $at) (i32.ctz (local.get $found))))
            (local.set $found (i32.and (local.get $found) (i32.sub (local.get $found) (i32.const 1))))
            (br_if $none (i32.ge_u (local.get $start) (local.get $end)))
            (local.set $k (i32.const 1))
            (block $differs
              (loop $bytes
                (if (i32.ge_u (local.get $k) (local.get $last)) (then (return (local.get $start))))
                (local.set $c (i32.load8_u (i32.add (local.get $start) (local.get $k))))
                (local.set $c (i32.or (local.get $c)
                  (i32.shl (i32.lt_u (i32.sub (local.get $c) (i32.const 65)) (i32.const 26)) (i32.const 5))))
                (br_if $differs (i32.ne (local.get $c) (i32.load8_u (i32.add (local.get $needle) (local.get $k)))))
                (local.set $k (i32.add (local.get $k) (i32.const 1)))
                (br $bytes)))
            (br $places)))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $blocks)))
    (i32.const -1)))
