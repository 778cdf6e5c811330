using System.Text;

using Akka.Actor;
using Akka.TestKit.Xunit2;

using RaftActors.Wire;

namespace RaftActors.Tests.Wire;

public sealed class OutcomeFormatTests : TestKit
{
    private readonly RaftMessageSerializer _serializer;

    public OutcomeFormatTests()
    {
        Raft.Get(Sys);
        _serializer = new RaftMessageSerializer((ExtendedActorSystem)Sys);
    }

    [Fact]
    public void All_fields_of_an_outcome_are_read_back()
    {
        foreach (var (manifest, message) in Samples.Outcomes)
        {
            var back = _serializer.FromBinary(_serializer.ToBinary(message), manifest);

            Assert.Equal(manifest, _serializer.Manifest(message));
            Assert.Equal(Fields.Of(message), Fields.Of(back));
        }
    }

    [Fact]
    public void There_is_a_sample_of_each_outcome_and_each_is_bound_to_the_serializer()
    {
        var families = OutcomeFormat.Types.Values;
        var all = families.SelectMany(type => type.IsAbstract ? type.GetNestedTypes() : [type]);

        Assert.Equal(all.ToHashSet(), Samples.Outcomes.Select(each => each.Message.GetType()).ToHashSet());
        Assert.All(all, type => Assert.IsType<RaftMessageSerializer>(Sys.Serialization.FindSerializerForType(type)));
    }

    [Fact]
    public void Bytes_are_the_recorded_ones()
    {
        var file = Path.Combine(AppContext.BaseDirectory, "testdata", "wire-2", "outcomes.txt");
        var written = Samples.Outcomes.Select(each => $"{each.Manifest} {Convert.ToHexStringLower(_serializer.ToBinary(each.Message))}");

        Assert.Equal(File.ReadAllLines(file, Encoding.ASCII), written);
    }

    [Fact]
    public void Committed_pair_is_reported_even_if_its_result_cannot_be_written()
    {
        var done = new AppendOutcome.Done(default(RequestRef) with { Origin = new("raft1@node1") }, new Serial(3), new Unbound());
        byte[] bytes = [];

        EventFilter.Warning(contains: "Unbound cannot be written: it has no serializer. Bind a serializer of your own")
            .ExpectOne(() => bytes = _serializer.ToBinary(done));

        Assert.Equal(done with { Result = null }, _serializer.FromBinary(bytes, "oa"));
    }

    [Fact]
    public void Query_whose_answer_cannot_be_written_fails_with_the_reason()
    {
        var done = new QueryOutcome.Done(default(RequestRef) with { Origin = new("raft1@node1") }, new Unbound());

        var failed = Assert.IsType<QueryOutcome.Failed>(_serializer.FromBinary(_serializer.ToBinary(done), "oq"));

        Assert.Contains("Unbound cannot be written", failed.Reason);
    }

    private sealed class Unbound;
}
