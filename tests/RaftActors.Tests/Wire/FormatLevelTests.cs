using Akka.Actor;
using Akka.TestKit.Xunit2;

using RaftActors.Core;
using RaftActors.Wire;

namespace RaftActors.Tests.Wire;

/// <summary>Bytes of a later format level, and the way of their messages to a program that does not read it.</summary>
public sealed class FormatLevelTests : TestKit
{
    // At level 1 these are written without what they have since level 2.
    private static readonly HashSet<string> Shortened = ["os", "cb", "cu", "n"];

    private readonly WireBytes _wire;

    public FormatLevelTests() => _wire = new WireBytes(new RaftMessageSerializer((ExtendedActorSystem)Sys));

    [Fact]
    public void Bytes_of_level_2_are_the_recorded_ones()
    {
        string[] written =
            [.. Samples.OfLevel2.Select(each => $"{each.Manifest} {Convert.ToHexStringLower(_wire.ToBinary(each.Message, 2))}")];

        Assert.Equal(GoldenFiles.LinesOf("level2.txt", written), written);
    }

    [Fact]
    public void Messages_of_level_2_come_back_as_they_were()
    {
        foreach (var (manifest, message) in Samples.OfLevel2)
        {
            Assert.Equal(Fields.Of(message), Fields.Of(_wire.FromBinary(_wire.ToBinary(message, 2), manifest)));
        }
    }

    [Fact]
    public void Messages_that_only_level_2_can_express_are_not_written_at_level_1()
    {
        foreach (var (_, message) in Samples.OfLevel2.Where(each => !Shortened.Contains(each.Manifest)))
        {
            Assert.Throws<ArgumentException>(() => _wire.ToBinary(message, 1));
        }
    }

    [Fact]
    public void Kinds_of_messages_of_level_2_are_refused_in_bytes_of_level_1()
    {
        var kinds = Samples.OfLevel2.Where(each => !Samples.All.ContainsKey(each.Manifest) && !Shortened.Contains(each.Manifest)).ToArray();
        Assert.NotEmpty(kinds);
        foreach (var (manifest, message) in kinds)
        {
            var bytes = _wire.ToBinary(message, 2);
            bytes[0] = 1;

            var problem = Assert.Throws<InvalidDataException>(() => _wire.FromBinary(bytes, manifest));

            Assert.Contains($"level 1 has no message '{manifest}'", problem.Message);
        }
    }

    [Fact]
    public void Status_at_level_1_leaves_the_levels_out()
    {
        var status = (RaftStatus)Samples.OfLevel2.Single(each => each.Manifest == "os").Message;

        var read = (RaftStatus)_wire.FromBinary(_wire.ToBinary(status, 1), "os");

        Assert.Equal((null, null, null), (read.FormatLevel, read.FormatLevelMax, read.SyncTime));
        Assert.Equal(_wire.ToBinary(new RaftStatus("orders", status.Name), 1), _wire.ToBinary(status, 1));
    }

    [Fact]
    public void Hello_at_level_1_tells_of_no_list_of_the_receiver()
    {
        var hello = (WireMessage.Hello)Samples.All["h"];

        var bytes = _wire.ToBinary(hello with { Known = new ListNumber(7, 9) }, 1);

        Assert.Equal(_wire.ToBinary(hello, 1), bytes);
        Assert.Null(((WireMessage.Hello)_wire.FromBinary(bytes, "h")).Known);
    }

    [Theory]
    [InlineData("cb")]
    [InlineData("cu")]
    public void Answer_to_a_round_at_level_1_promises_nothing(string manifest)
    {
        var sent = Samples.OfLevel2.Single(each => each.Manifest == manifest).Message;

        var read = ((WireMessage.CoreMessage)_wire.FromBinary(_wire.ToBinary(sent, 1), manifest)).Envelope.Body;

        Assert.Equal(0, (read as Message.AppendEntriesReply)?.Promise ?? ((Message.SnapshotChunkReply)read).Promise);
    }

    [Fact]
    public void Damaged_list_of_processes_is_read_or_refused_and_nothing_else()
    {
        var random = new Random(20260101);
        var bytes = _wire.ToBinary(Samples.OfLevel2.Single(each => each.Manifest == "ko").Message, 2);
        var refused = 0;
        for (var i = 0; i < 5000; i++)
        {
            var damaged = bytes.ToArray();
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            try
            {
                _wire.FromBinary(damaged, "ko");
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 1, 5000);
    }

    [Fact]
    public void Request_to_raise_the_level_is_refused_in_bytes_of_level_1()
    {
        var bytes = _wire.ToBinary(Samples.OfLevel2.Single(each => each.Manifest == "m").Message, 2);
        bytes[0] = 1;

        var problem = Assert.Throws<InvalidDataException>(() => _wire.FromBinary(bytes, "m"));

        Assert.Contains("5 is no kind of change", problem.Message);
    }
}
