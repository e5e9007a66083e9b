//! Takes code out of the wasm that no page ever runs, and that no compiler can know not to be run.
//!
//! A view whose type is erased holds a pointer to each way it can be brought to life, used or not: so each way is
//! compiled for each view, with all it needs in turn. Where its first function can do no more than fail, wasm-opt finds
//! that nothing needs the rest, and leaves it out.

use walrus::{FunctionBuilder, FunctionKind, Module};

/// Parts of names, as the compiler writes them: with their length.
const NEVER_RUN: [&str; 2] = [
    // Hydrating by `hydrate_lazy`, for routes that are loaded later. The application hydrates by `hydrate_body`.
    "13hydrate_async",
    // Attributes of views that `template!` made. There are none.
    "22hydrate_from_template",
];

/// The wasm, in which every such function fails at once.
pub fn what_never_runs(wasm: &[u8]) -> walrus::Result<Vec<u8>> {
    let mut module = Module::from_buffer(wasm)?;
    replace(&mut module);
    Ok(module.emit_wasm())
}

fn replace(module: &mut Module) {
    let never_run = |name: &str| NEVER_RUN.iter().any(|part| name.contains(part));
    let found: Vec<_> = module
        .funcs
        .iter()
        .filter(|function| matches!(function.kind, FunctionKind::Local(_)))
        .filter(|function| function.name.as_deref().is_some_and(never_run))
        .map(|function| (function.id(), function.ty()))
        .collect();
    for (id, kind) in found {
        let kind = module.types.get(kind);
        let (takes, gives) = (kind.params().to_vec(), kind.results().to_vec());
        let mut fails = FunctionBuilder::new(&mut module.types, &takes, &gives);
        fails.func_body().unreachable();
        let arguments = takes.iter().map(|kind| module.locals.add(*kind)).collect();
        module.funcs.get_mut(id).kind = FunctionKind::Local(fails.local_func(arguments));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use walrus::ValType;

    #[test]
    fn what_never_runs_fails_and_the_rest_stays() {
        let mut module = Module::default();
        let mut add = |name: &str| {
            let mut builder = FunctionBuilder::new(&mut module.types, &[ValType::I32], &[ValType::I32]);
            builder.name(name.into()).func_body().i32_const(1);
            let argument = module.locals.add(ValType::I32);
            builder.finish(vec![argument], &mut module.funcs)
        };
        let gone = add("_ZN6tachys4view8any_view7IntoAny8into_any13hydrate_async17h0123456789abcdefE");
        let kept = add("_ZN6tachys4view8any_view7IntoAny8into_any5build17h0123456789abcdefE");
        replace(&mut module);
        let first = |id| {
            let function = module.funcs.get(id).kind.unwrap_local();
            format!("{:?}", function.block(function.entry_block()).instrs[0].0)
        };
        assert!(first(gone).starts_with("Unreachable"));
        assert!(first(kept).starts_with("Const"));
    }
}
