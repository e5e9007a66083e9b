//! Which fields of a command take any text a person may write: found by asking the command's own type, so that a field
//! that is new is found too.

use serde::{
    Deserializer,
    de::{
        self, DeserializeOwned, DeserializeSeed, EnumAccess, IntoDeserializer, MapAccess, SeqAccess, VariantAccess,
        Visitor, value::Error,
    },
    forward_to_deserialize_any,
};
use std::cell::RefCell;

/// What is answered where a type wants text: first what a person may write who means harm, then what is a name, an id,
/// a moment or some bytes.
const OFFERS: [&str; 4] = [super::HARM, "a", "now", "AAAA"];

/// The fields of a type for which text is wanted, such as `title` or `place.parent`, and of each whether it takes whatever
/// is written.
///
/// # Panics
/// When some text is wanted that none of the offers is.
pub fn texts<T: DeserializeOwned>() -> Vec<(String, bool)> {
    let asked = RefCell::new(Asked::default());
    loop {
        asked.borrow_mut().fields.clear();
        let offered = T::deserialize(Offer { asked: &asked, field: String::new() });
        let mut asked = asked.borrow_mut();
        let Err(error) = offered else {
            let wanted = asked.fields.iter().zip(&asked.offers);
            return wanted.map(|(field, offer)| (field.clone(), *offer == 0)).collect();
        };
        // It was the last one that was not taken: the next time, something else is offered there.
        let last = asked.fields.len() - 1;
        asked.offers[last] += 1;
        assert!(asked.offers[last] < OFFERS.len(), "{}: {error}", asked.fields[last]);
    }
}

#[derive(Default)]
struct Asked {
    /// The fields for which text was wanted, in order.
    fields: Vec<String>,
    /// Which offer each of them is given.
    offers: Vec<usize>,
}

/// Gives a type whatever it wants.
#[derive(Clone)]
struct Offer<'a> {
    asked: &'a RefCell<Asked>,
    field: String,
}

impl Offer<'_> {
    fn text(&self) -> &'static str {
        let mut asked = self.asked.borrow_mut();
        asked.fields.push(self.field.clone());
        let at = asked.fields.len();
        if asked.offers.len() < at {
            asked.offers.push(0);
        }
        OFFERS[asked.offers[at - 1]]
    }

    fn within(&self, field: &str) -> Self {
        let field = if self.field.is_empty() { field.to_owned() } else { format!("{}.{field}", self.field) };
        Self { field, ..self.clone() }
    }
}

impl<'de> Deserializer<'de> for Offer<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_str(self.text())
    }
    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_bool(true)
    }
    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_u64(1)
    }
    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_u32(1)
    }
    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_i64(1)
    }
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }
    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }
    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_seq(One(Some(self)))
    }
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_map(Fields { offer: self, left: &["a"], now: "" })
    }
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_map(Fields { offer: self, left: fields, now: "" })
    }
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_enum(First { offer: self, variant: variants[0] })
    }

    forward_to_deserialize_any! {
        i8 i16 i32 u8 u16 f32 f64 char str string bytes byte_buf unit_struct tuple tuple_struct identifier
        ignored_any
    }
}

struct One<'a>(Option<Offer<'a>>);

impl<'de> SeqAccess<'de> for One<'_> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        self.0.take().map(|offer| seed.deserialize(offer)).transpose()
    }
}

struct Fields<'a> {
    offer: Offer<'a>,
    left: &'static [&'static str],
    now: &'static str,
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let Some((first, left)) = self.left.split_first() else { return Ok(None) };
        (self.now, self.left) = (first, left);
        seed.deserialize((*first).into_deserializer()).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        seed.deserialize(self.offer.within(self.now))
    }
}

struct First<'a> {
    offer: Offer<'a>,
    variant: &'static str,
}

impl<'de> EnumAccess<'de> for First<'_> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), Error> {
        Ok((seed.deserialize(self.variant.into_deserializer())?, self))
    }
}

impl<'de> VariantAccess<'de> for First<'_> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        Ok(())
    }
    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Error> {
        seed.deserialize(self.offer)
    }
    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Error> {
        Err(de::Error::custom("no command is known that takes such a variant"))
    }
    fn struct_variant<V: Visitor<'de>>(self, fields: &'static [&'static str], visitor: V) -> Result<V::Value, Error> {
        visitor.visit_map(Fields { offer: self.offer, left: fields, now: "" })
    }
}

#[test]
fn a_field_that_takes_any_text_is_found_wherever_it_stands() {
    use sputnik_editor::book::model::{BookId, Title};
    #[derive(serde::Deserialize)]
    #[expect(dead_code, reason = "only what may come in is asked")]
    struct Inner {
        note: Option<String>,
        count: u32,
    }
    #[derive(serde::Deserialize)]
    #[expect(dead_code, reason = "only what may come in is asked")]
    struct Outer {
        book: BookId,
        title: Title,
        many: Vec<Inner>,
        role: sputnik_editor::book::model::Role,
        by: Option<BookId>,
        text: String,
    }
    let free = texts::<Outer>().into_iter().filter(|(_, is_free)| *is_free);
    assert_eq!(free.map(|(field, _)| field).collect::<Vec<_>>(), ["title", "many.note", "text"]);
}
