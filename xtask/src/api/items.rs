//! Items of rustdoc's JSON, one line each.

use super::types::{array, bounds, generics, is_true, path_of, text, type_of, wheres};
use anyhow::{Context, Result};
use serde_json::Value;
use std::collections::BTreeSet;

/// All that another crate can name or call.
pub fn lines(rustdoc: &Value) -> Result<BTreeSet<String>> {
    let mut list = List {
        index: &rustdoc["index"],
        open: Vec::new(),
        lines: BTreeSet::new(),
    };
    let root = list
        .item(&rustdoc["root"])
        .context("rustdoc names no root")?;
    list.module(text(&root["name"]), root);
    Ok(list.lines)
}

struct List<'a> {
    index: &'a Value,
    /// What is being gone through: a module may take in itself.
    open: Vec<String>,
    lines: BTreeSet<String>,
}

impl<'a> List<'a> {
    /// None: in another crate, or not public.
    fn item(&self, id: &Value) -> Option<&'a Value> {
        self.index.get(id_of(id))
    }

    fn items(&self, ids: &'a Value) -> impl Iterator<Item = &'a Value> + use<'a> {
        let index = self.index;
        array(ids).filter_map(move |id| index.get(id_of(id)))
    }

    fn add(&mut self, line: String) {
        self.lines
            .insert(line.split_whitespace().collect::<Vec<_>>().join(" "));
    }

    fn module(&mut self, path: &str, item: &'a Value) {
        let id = item["id"].to_string();
        if self.open.contains(&id) {
            return;
        }
        self.open.push(id);
        for inner in self.items(&item["inner"]["module"]["items"]) {
            self.one(path, inner);
        }
        self.open.pop();
    }

    fn one(&mut self, parent: &str, item: &'a Value) {
        if item["visibility"] != "public" {
            return;
        }
        let name = text(&item["name"]);
        self.named(&format!("{parent}::{name}"), parent, item);
    }

    fn named(&mut self, path: &str, parent: &str, item: &'a Value) {
        let Some((kind, of)) = item["inner"]
            .as_object()
            .and_then(|kinds| kinds.iter().next())
        else {
            return;
        };
        match kind.as_str() {
            "module" => {
                self.add(format!("mod {path}"));
                self.module(path, item);
            }
            "use" => self.taken_in(parent, of),
            "struct" | "union" => self.structure(path, kind, item, of),
            "enum" => self.enumeration(path, item, of),
            "trait" => self.a_trait(path, of),
            "function" => self.function(path, "", of),
            "constant" => self.add(format!("const {path}: {}", type_of(&of["type"]))),
            "static" => self.add(format!("static {path}: {}", type_of(&of["type"]))),
            "type_alias" => self.add(format!(
                "type {path}{} = {}{}",
                generics(&of["generics"]),
                type_of(&of["type"]),
                wheres(&of["generics"])
            )),
            other => self.add(format!("{other} {path}")),
        }
    }

    /// `pub use`: as if it stood there.
    fn taken_in(&mut self, parent: &str, of: &'a Value) {
        let path = format!("{parent}::{}", text(&of["name"]));
        match self.item(&of["id"]) {
            Some(item) if is_true(&of["is_glob"]) => self.module(parent, item),
            Some(item) => self.named(&path, parent, item),
            None => self.add(format!("use {path} = {}", text(&of["source"]))),
        }
    }

    fn structure(&mut self, path: &str, kind: &str, item: &'a Value, of: &'a Value) {
        let plain = &of["kind"]["plain"];
        let tuple = &of["kind"]["tuple"];
        let closed = is_true(&plain["has_stripped_fields"]) || array(tuple).any(Value::is_null);
        self.add(format!(
            "{}{kind} {path}{}{}{}",
            non_exhaustive(item),
            generics(&of["generics"]),
            wheres(&of["generics"]),
            if closed { " { private fields }" } else { "" }
        ));
        for field in self.items(&plain["fields"]).chain(self.items(tuple)) {
            self.field(path, field);
        }
        self.impls(path, &of["impls"]);
    }

    fn field(&mut self, path: &str, field: &Value) {
        let of = type_of(&field["inner"]["struct_field"]);
        self.add(format!("field {path}::{}: {of}", text(&field["name"])));
    }

    fn enumeration(&mut self, path: &str, item: &'a Value, of: &'a Value) {
        let header = generics(&of["generics"]) + &wheres(&of["generics"]);
        self.add(format!("{}enum {path}{header}", non_exhaustive(item)));
        for variant in self.items(&of["variants"]) {
            let path = format!("{path}::{}", text(&variant["name"]));
            let kind = &variant["inner"]["variant"]["kind"];
            let open = non_exhaustive(variant);
            self.add(format!("{open}variant {path}"));
            for field in self
                .items(&kind["tuple"])
                .chain(self.items(&kind["struct"]["fields"]))
            {
                self.field(&path, field);
            }
        }
        self.impls(path, &of["impls"]);
    }

    fn a_trait(&mut self, path: &str, of: &'a Value) {
        let above = bounds(&of["bounds"]);
        self.add(format!(
            "trait {path}{}{}{}",
            generics(&of["generics"]),
            if above.is_empty() {
                above
            } else {
                format!(": {above}")
            },
            wheres(&of["generics"])
        ));
        for item in self.items(&of["items"]) {
            let path = format!("{path}::{}", text(&item["name"]));
            let function = &item["inner"]["function"];
            if function.is_object() {
                let word = if is_true(&function["has_body"]) {
                    ""
                } else {
                    super::REQUIRED
                };
                self.function(&path, word, function);
            } else {
                self.associated(&path, item);
            }
        }
    }

    fn associated(&mut self, path: &str, item: &Value) {
        let (constant, of) = (&item["inner"]["assoc_const"], &item["inner"]["assoc_type"]);
        if constant.is_object() {
            self.add(format!("const {path}: {}", type_of(&constant["type"])));
        } else if of.is_object() {
            let default = type_of(&of["type"]);
            self.add(format!(
                "type {path}: {} = {default}",
                bounds(&of["bounds"])
            ));
        }
    }

    /// Functions of a type, and the traits that it has. What holds for every type is left out.
    fn impls(&mut self, path: &str, ids: &'a Value) {
        for item in self.items(ids) {
            let of = &item["inner"]["impl"];
            // `derive(PartialEq)` has the last one beside it, for matching on constants.
            if is_true(&of["is_synthetic"])
                || !of["blanket_impl"].is_null()
                || of["trait"]["path"] == "StructuralPartialEq"
            {
                continue;
            }
            if !of["trait"].is_null() {
                let types = self.items(&of["items"]).filter_map(|item| {
                    let of = item["inner"]["assoc_type"].get("type")?;
                    Some(format!(" {} = {}", text(&item["name"]), type_of(of)))
                });
                let types: String = types.collect();
                self.add(format!(
                    "impl{} {} for {}{}{types}",
                    generics(&of["generics"]),
                    path_of(&of["trait"]),
                    with_path(&type_of(&of["for"]), path),
                    wheres(&of["generics"]),
                ));
                continue;
            }
            for item in self.items(&of["items"]) {
                if item["visibility"] != "public" {
                    continue;
                }
                let path = format!("{path}::{}", text(&item["name"]));
                let function = &item["inner"]["function"];
                if function.is_object() {
                    // What the type of this impl is bound by counts for each function.
                    let bound = format!("{}{}", type_of(&of["for"]), wheres(&of["generics"]));
                    let bound = if bound.contains('<') || bound.contains("where") {
                        format!("of {bound} ")
                    } else {
                        String::new()
                    };
                    self.function(&path, &bound, function);
                } else {
                    self.associated(&path, item);
                }
            }
        }
    }

    fn function(&mut self, path: &str, before: &str, of: &Value) {
        let (header, sig) = (&of["header"], &of["sig"]);
        let word = |key: &str| {
            if is_true(&header[format!("is_{key}")]) {
                format!("{key} ")
            } else {
                String::new()
            }
        };
        // Names of parameters are nobody's business but `self`'s.
        let inputs = array(&sig["inputs"]).map(|input| match text(&input[0]) {
            "self" => format!("self: {}", type_of(&input[1])),
            _ => type_of(&input[1]),
        });
        let inputs: Vec<String> = inputs.collect();
        let output = &sig["output"];
        let output = if output.is_null() {
            String::new()
        } else {
            format!(" -> {}", type_of(output))
        };
        self.add(format!(
            "{before}{}{}{}fn {path}{}({}){output}{}",
            word("const"),
            word("async"),
            word("unsafe"),
            generics(&of["generics"]),
            inputs.join(", "),
            wheres(&of["generics"])
        ));
    }
}

/// A type with its whole path, for two may have one name.
fn with_path(of: &str, path: &str) -> String {
    let name = path.rsplit("::").next().unwrap_or(path);
    match of.strip_prefix(name) {
        Some(arguments) => format!("{path}{arguments}"),
        None => format!("{of} ({path})"),
    }
}

fn id_of(id: &Value) -> String {
    id.as_str().map_or_else(|| id.to_string(), str::to_owned)
}

fn non_exhaustive(item: &Value) -> &'static str {
    let has = array(&item["attrs"]).any(|attr| attr.to_string().contains("non_exhaustive"));
    if has { "non_exhaustive " } else { "" }
}
