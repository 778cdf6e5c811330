using RaftActors.Cli.Plan;
using RaftActors.Core;
using RaftActors.Core.Codec;
using RaftActors.Wire;

namespace RaftActors.Cli.Tests.Plan;

/// <summary>The bytes that the plan counts are those that the product writes, for a group with some million entries.</summary>
public sealed class OverheadsTests
{
    // Length, flag, and the numbers of receiver and sender.
    private const int FrameBytes = 9;

    private static readonly Member[] Members =
        [.. Enumerable.Range(1, 3).Select(i => new Member(new ProcessName($"orders@10.0.0.{i}:2551"), new Incarnation(Guid.NewGuid())))];

    private static readonly LogPosition Place = new(new LogIndex(3_000_000), new Term(7), new Serial(2_999_990), 1);

    [Fact]
    public void Message_and_its_reply() => Assert.Multiple(
        () => Near(Overheads.MessageBytes, SizeOf(Append(0))),
        () => Near(Overheads.ReplyBytes, SizeOf(new Message.AppendEntriesReply(true, Place.Index, Term.Zero, IsAdmitted: true))));

    [Fact]
    public void Entry_in_a_message() => Near(Overheads.OnWire(256), (SizeOf(Append(101)) - SizeOf(Append(1))) / 100);

    [Fact]
    public void Record_in_the_log()
    {
        var writer = new ByteWriter();
        EntryFormat.WritePayload(writer, EntryAt(1));

        Near(Overheads.BodyBytes + 256, writer.Length);
        Assert.Equal(0, Overheads.RecordBytes(256) % 8);
    }

    [Fact]
    public void Heartbeat_of_quiescent_groups()
    {
        var writer = new ByteWriter();
        WireTable.WriteNamed(writer, new WireMessage.NodeBeat([.. new ulong[WireMessage.NodeBeat.Parts]]));

        Near(Overheads.BeatBytes, writer.Length + FrameBytes);
    }

    private static Message.AppendEntries Append(int entries) => new(
        Place, [.. Enumerable.Range(1, entries).Select(EntryAt)], Place.Index, Place.Serial, Round: 1000);

    // Key and value have 256 bytes together.
    private static LogEntry EntryAt(int number) => new(
        new LogIndex(Place.Index.Value + number),
        Place.Term,
        new Serial(Place.Serial.Value + number),
        new Payload.Pair(new RequestId(Members[0], 1_000_000 + number), "key-1234", new byte[248]));

    // The connection knows the members already.
    private static int SizeOf(Message body)
    {
        var writer = new ByteWriter();
        writer.ShareMembers();
        Array.ForEach(Members, writer.Member);
        writer.Cut(0);
        var envelope = new Envelope(Members[0], Members[1], new GroupUid(Guid.NewGuid()), Place.Term, new Boot(3, 1), body);
        WireTable.WriteNamed(writer, new WireMessage.CoreMessage(envelope));
        return writer.Length + FrameBytes;
    }

    private static void Near(long expected, long actual) => Assert.InRange(actual, expected * 9 / 10, expected * 11 / 10);
}
