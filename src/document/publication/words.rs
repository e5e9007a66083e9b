//! The few words that a book has and its writers did not write, in its own language where they are known in it.

use super::Publication;
use crate::metadata::ContributorRole;

/// The words of one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    /// Which language.
    pub language: &'static str,
    /// Above the contents.
    pub contents: &'static str,
    /// What the picture at its front is.
    pub cover: &'static str,
    /// The page with its title.
    pub title_page: &'static str,
    /// The page that says who made it.
    pub imprint: &'static str,
    /// Where the text begins.
    pub beginning: &'static str,
    /// The page with the title alone.
    pub half_title: &'static str,
    /// The page that says whom it is for.
    pub dedication: &'static str,
    /// Above the list of its figures.
    pub figures: &'static str,
    /// Above the index.
    pub index: &'static str,
    /// Before the number of a page.
    pub page: &'static str,
    /// What was done for it, in the order of [`ContributorRole::ALL`].
    did: [&'static str; 8],
}

/// English first: it stands in for all that are not here.
const KNOWN: [Words; 7] = [
    Words {
        language: "en",
        contents: "Contents",
        cover: "Cover",
        title_page: "Title page",
        imprint: "Imprint",
        beginning: "Beginning of the text",
        half_title: "Half title",
        dedication: "Dedication",
        figures: "Figures",
        index: "Index",
        page: "page",
        did: ["Text", "Editing", "Translation", "Illustrations", "Photographs", "Foreword", "Design", "Contribution"],
    },
    Words {
        language: "de",
        contents: "Inhalt",
        cover: "Umschlag",
        title_page: "Titelseite",
        imprint: "Impressum",
        beginning: "Beginn des Textes",
        half_title: "Schmutztitel",
        dedication: "Widmung",
        figures: "Abbildungen",
        index: "Register",
        page: "Seite",
        did: [
            "Text",
            "Redaktion",
            "Übersetzung",
            "Illustrationen",
            "Fotografien",
            "Vorwort",
            "Gestaltung",
            "Mitarbeit",
        ],
    },
    Words {
        language: "fr",
        contents: "Table des matières",
        cover: "Couverture",
        title_page: "Page de titre",
        imprint: "Mentions légales",
        beginning: "Début du texte",
        half_title: "Faux-titre",
        dedication: "Dédicace",
        figures: "Table des illustrations",
        index: "Index",
        page: "page",
        did: [
            "Texte",
            "Direction d\u{2019}ouvrage",
            "Traduction",
            "Illustrations",
            "Photographies",
            "Préface",
            "Conception graphique",
            "Collaboration",
        ],
    },
    Words {
        language: "es",
        contents: "Índice",
        cover: "Cubierta",
        title_page: "Portada",
        imprint: "Créditos",
        beginning: "Comienzo del texto",
        half_title: "Portadilla",
        dedication: "Dedicatoria",
        figures: "Índice de figuras",
        index: "Índice analítico",
        page: "página",
        did: ["Texto", "Edición", "Traducción", "Ilustraciones", "Fotografías", "Prólogo", "Diseño", "Colaboración"],
    },
    Words {
        language: "it",
        contents: "Indice",
        cover: "Copertina",
        title_page: "Frontespizio",
        imprint: "Colophon",
        beginning: "Inizio del testo",
        half_title: "Occhiello",
        dedication: "Dedica",
        figures: "Indice delle figure",
        index: "Indice analitico",
        page: "pagina",
        did: ["Testo", "Cura", "Traduzione", "Illustrazioni", "Fotografie", "Prefazione", "Grafica", "Collaborazione"],
    },
    Words {
        language: "pt",
        contents: "Sumário",
        cover: "Capa",
        title_page: "Folha de rosto",
        imprint: "Créditos",
        beginning: "Início do texto",
        half_title: "Anterrosto",
        dedication: "Dedicatória",
        figures: "Lista de figuras",
        index: "Índice remissivo",
        page: "página",
        did: ["Texto", "Edição", "Tradução", "Ilustrações", "Fotografias", "Prefácio", "Design", "Colaboração"],
    },
    Words {
        language: "nl",
        contents: "Inhoud",
        cover: "Omslag",
        title_page: "Titelpagina",
        imprint: "Colofon",
        beginning: "Begin van de tekst",
        half_title: "Franse titel",
        dedication: "Opdracht",
        figures: "Afbeeldingen",
        index: "Register",
        page: "pagina",
        did: [
            "Tekst",
            "Redactie",
            "Vertaling",
            "Illustraties",
            "Foto\u{2019}s",
            "Voorwoord",
            "Vormgeving",
            "Medewerking",
        ],
    },
];

impl Words {
    /// Those of a book.
    #[must_use]
    pub fn of(book: &Publication) -> Self {
        let language = book.metadata.language.split('-').next().unwrap_or_default();
        let [english, ..] = KNOWN;
        KNOWN.into_iter().find(|words| words.language.eq_ignore_ascii_case(language)).unwrap_or(english)
    }

    /// What somebody did for it.
    #[must_use]
    pub fn did(&self, role: ContributorRole) -> &'static str {
        let place = ContributorRole::ALL.iter().position(|one| *one == role);
        place.and_then(|place| self.did.get(place)).copied().unwrap_or_default()
    }

    /// What has to be said of their language, where it is not the book's.
    #[must_use]
    pub fn language_said(&self, book: &Publication) -> String {
        let language = &book.metadata.language;
        let is_same = language.split('-').next().is_some_and(|one| one.eq_ignore_ascii_case(self.language));
        if language.is_empty() || is_same { String::new() } else { format!(" lang=\"{}\"", self.language) }
    }
}
