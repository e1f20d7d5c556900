"""What readers are shown of the releases in force: figures beside others, why one is missing, as words and files.

Not here: pages and addresses (`web`), how a picture is drawn (`charts`), how a release is made (`releases`). Public files only.
"""

from gmsd.readers.cube import Computed, Cube, Figure
from gmsd.readers.downloads import MEDIA, lines_of, to_file
from gmsd.readers.edition import Edition, read_edition
from gmsd.readers.figures import TOO_FEW, WORDS, computed, earlier, figure, figure_rows
from gmsd.readers.municipality import TableOfPlace, sections_of
from gmsd.readers.pictures import Picture, development_of, funnel_of, map_of, short_words, spread_of
from gmsd.readers.places import (
    municipality_of,
    point_of,
    predecessors_of,
    search,
    size_class_of,
    size_words,
    successors_of,
    what_became_of,
)
from gmsd.readers.publications import CHANGES, Publication, read_publications
from gmsd.readers.sentences import REASONS, card_sentence
from gmsd.readers.sources import BucketSource, FolderSource, Source, statline_of, tables_of_release
from gmsd.readers.topic import topic_of

__all__ = [
    "CHANGES",
    "MEDIA",
    "REASONS",
    "TOO_FEW",
    "WORDS",
    "BucketSource",
    "Computed",
    "Cube",
    "Edition",
    "Figure",
    "FolderSource",
    "Picture",
    "Publication",
    "Source",
    "TableOfPlace",
    "card_sentence",
    "computed",
    "development_of",
    "earlier",
    "figure",
    "figure_rows",
    "funnel_of",
    "lines_of",
    "map_of",
    "municipality_of",
    "point_of",
    "predecessors_of",
    "read_edition",
    "read_publications",
    "search",
    "sections_of",
    "short_words",
    "size_class_of",
    "size_words",
    "spread_of",
    "statline_of",
    "successors_of",
    "tables_of_release",
    "to_file",
    "topic_of",
    "what_became_of",
]
