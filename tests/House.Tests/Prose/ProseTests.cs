namespace House.Tests.Prose;

/// <summary>The repository is written in plain sentences, with a noun as the subject.</summary>
public sealed class ProseTests
{
    // One sentence in a thousand may need it.
    private const int SentencesPerPronoun = 1000;

    [Fact]
    public void Sentences_name_their_subject()
    {
        var sentences = Repository.All.AsParallel().AsOrdered().SelectMany(SentencesOf).ToList();
        var findings = sentences.Where(found => found.Sentence.OpensWithAPronoun).ToList();

        Assert.True(
            findings.Count * SentencesPerPronoun < sentences.Count,
            $"{findings.Count} of {sentences.Count} sentences open with a pronoun; name the subject.\n"
            + string.Join('\n', findings.Select(found => $"{found.File}:{found.Sentence.Line}: {found.Sentence.Text}")));
    }

    private static IEnumerable<(string File, Sentence Sentence)> SentencesOf(string file) =>
        ProseReader.Read(file, Repository.Read(file)).SelectMany(Sentence.Cut).Select(sentence => (file, sentence));
}
