import java.nio.file.Path;
import java.nio.file.Paths;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.IntPoint;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.*;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;

/** Indexes 1,000 documents in a directory (memory-mapped) and searches them. */
public class LuceneIndex {
    static final String[] WORDS = ("heap object cache line miss page tree list hash chain branch hint layout field class method thread lock "
        + "monitor stack frame loader verifier bytecode register window arena mark sweep copy root card barrier queue pool index query").split(" ");

    static Document document(int i) {
        StringBuilder text = new StringBuilder();
        long seed = i * 7919L + 17;
        for (int w = 0; w < 60; w++) {
            seed = seed * 6364136223846793005L + 1442695040888963407L;
            int r = (int) (seed >>> 33) % 1000;
            text.append(WORDS[r * r / 1000 * WORDS.length / 1000]).append(w % 11 == 10 ? ". " : " ");
        }
        Document d = new Document();
        d.add(new StringField("id", "doc" + i, Field.Store.YES));
        d.add(new TextField("text", text.toString(), Field.Store.YES));
        d.add(new IntPoint("rank", i % 100));
        d.add(new NumericDocValuesField("rank", i % 100));
        return d;
    }

    static void search(IndexSearcher searcher, String name, Query query, Sort sort) throws Exception {
        TopDocs top = sort == null ? searcher.search(query, 5) : searcher.search(query, 5, sort);
        System.out.println(name + " [" + query + "]: " + top.totalHits);
        for (ScoreDoc hit : top.scoreDocs)
            System.out.println("  " + searcher.doc(hit.doc).get("id") + (sort == null ? " " + hit.score : " " + ((FieldDoc) hit).fields[0]));
    }

    public static void main(String[] args) throws Exception {
        Path path = Paths.get(args[0]);
        try (Directory dir = FSDirectory.open(path)) {
            System.out.println(dir.getClass().getSimpleName());
            IndexWriterConfig config = new IndexWriterConfig(new StandardAnalyzer());
            config.setMaxBufferedDocs(300).setMergeScheduler(new org.apache.lucene.index.SerialMergeScheduler());
            try (IndexWriter writer = new IndexWriter(dir, config)) {
                for (int i = 0; i < 1000; i++) writer.addDocument(document(i));
                writer.deleteDocuments(new Term("id", "doc500"));
                writer.updateDocument(new Term("id", "doc3"), document(3));
                writer.forceMerge(1);
            }
            try (DirectoryReader reader = DirectoryReader.open(dir)) {
                System.out.println(reader.numDocs() + " documents, " + reader.leaves().size() + " segment(s)");
                IndexSearcher searcher = new IndexSearcher(reader);
                search(searcher, "term", new TermQuery(new Term("text", "barrier")), null);
                search(searcher, "phrase", new PhraseQuery("text", "cache", "miss"), null);
                search(searcher, "boolean", new BooleanQuery.Builder().add(new TermQuery(new Term("text", "pool")), BooleanClause.Occur.MUST)
                    .add(new TermQuery(new Term("text", "query")), BooleanClause.Occur.SHOULD)
                    .add(new TermQuery(new Term("text", "heap")), BooleanClause.Occur.MUST_NOT).build(), null);
                search(searcher, "prefix", new PrefixQuery(new Term("text", "reg")), null);
                search(searcher, "fuzzy", new FuzzyQuery(new Term("text", "verifer")), null);
                search(searcher, "range", IntPoint.newRangeQuery("rank", 90, 99), new Sort(new SortField("rank", SortField.Type.INT, true)));
                search(searcher, "wildcard", new WildcardQuery(new Term("text", "?oo*")), null);
            }
        }
    }
}
