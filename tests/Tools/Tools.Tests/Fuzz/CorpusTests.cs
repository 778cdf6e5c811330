using RaftActors.Fuzz.Running;
using RaftActors.Fuzz.Targets;

namespace RaftActors.Fuzz.Tests;

[Collection(Campaigns.Name)]
public sealed class CorpusTests
{
    /// <summary>The target's folder and the file of each input that broke a property once.</summary>
    public static TheoryData<string> Inputs =>
        new(TargetList.All.SelectMany(target => Corpus.FilesOf(target.Name).Select(file => $"{target.Name}/{Path.GetFileName(file)}")));

    public static TheoryData<string> Names => new(TargetList.All.Select(target => target.Name));

    [Theory]
    [MemberData(nameof(Inputs))]
    public void An_input_that_broke_a_property_once_breaks_none(string file)
    {
        var input = Corpus.Load(Path.Combine(Corpus.Folder, file));

        Assert.Null(OneInput.Check(TargetList.Find(file.Split('/')[0])!, input).Fault);
    }

    [Fact]
    public void Every_folder_of_the_corpus_is_that_of_a_target() => Assert.All(
        Directory.GetDirectories(Corpus.Folder), folder => Assert.NotNull(TargetList.Find(Path.GetFileName(folder))));

    [Theory]
    [MemberData(nameof(Names))]
    public void The_inputs_of_the_products_own_writers_are_read(string name)
    {
        var target = TargetList.Find(name)!;

        Assert.All(target.Seeds(), input => Assert.Null(OneInput.Check(target, input).Fault));
        Assert.Contains(target.Seeds(), input => OneInput.Check(target, input).Refusal is null);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Mutated_inputs_are_read_or_refused(string name)
    {
        var inputs = Share.Of(test: 150, ci: 500, whole: 500);

        var result = new Campaign(TargetList.Find(name)!, seed: 7, []).Run(inputs, _ => { });

        Assert.Empty(result.Found);
        Assert.InRange(result.Refused, 1, inputs - 1);
    }
}
