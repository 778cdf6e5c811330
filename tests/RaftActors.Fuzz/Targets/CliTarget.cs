using System.Text;

using RaftActors.Cli;
using RaftActors.Cli.Protocol;
using RaftActors.Core;

namespace RaftActors.Fuzz.Targets;

/// <summary>The requests and replies between the program <c>raft</c> and its servers.</summary>
internal sealed class CliTarget : Target
{
    private readonly Lazy<ProtocolSerializer> _serializer = new(() => new ProtocolSerializer(FuzzSystem.Instance));

    public override string Name => "cli";

    public override string Reads => "ProtocolSerializer of the program raft";

    public override IReadOnlyList<byte[]> Words { get; } = TextWords.Of(
        "null", "[", "{", "{\"Host\":\"\",\"Port\":1}", "\"Server\":", "\"Members\":null", "-1", "1e400",
        "99999999999999999999", "\\ud800", "\\u0000",
        "\"Timeout\":\"-10675199.02:48:05.4775808\"", "\"Number\":1", ",", "\"\"");

    public override IEnumerable<byte[]> Seeds()
    {
        var (one, two, time) = (new ServerId("", 9990), new ServerId("größe", 65535), TimeSpan.FromSeconds(5));
        object[] messages =
        [
            new Request.Append(1, "id", "größe \"text\"", time),
            new Request.AddMember(2, one, time), new Request.RemoveMember(3, two, time),
            new Request.SetMaxQuorum(4, 5, time), new Request.Transfer(5, two, time), new Request.Transfer(6, null, time),
            new Request.Status(7), new Request.ReadLog(8, 9), new Request.Explain(long.MaxValue),
            new Reply.Redirected(1, one), new Reply.Committed(2, 3, WasThere: true), new Reply.Done(3), new Reply.Refused(4, "why", true),
            new Reply.Unknown(5, "\n"), new Reply.LogPage(6, [new LogMessage(1, "id", "text"), new LogMessage(2, "id2", "")], 2),
            new Reply.ExplanationIs(7, "text"),
            new Reply.StatusIs(
                8, one, RaftRole.Leader, 3, DateTimeOffset.UnixEpoch, 4, 5, two, [new MemberLine(one, true)], null, ServerStanding.Fenced,
                new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), 5),
        ];
        return messages.Select(PackedOf);
    }

    public override byte[] Mutate(byte[] input, Inputs.Mutator mutator) => Packed.Mutate(input, mutator, Words);

    public override object Read(byte[] input)
    {
        var packed = Packed.Of(input);
        return _serializer.Value.FromBinary(packed.Bytes, packed.Manifest);
    }

    public override string ShapeOf(object read) => read.GetType().Name;

    public override void Check(object read)
    {
        var bytes = PackedOf(read);
        DemandEqual(
            Encoding.UTF8.GetString(bytes), Encoding.UTF8.GetString(PackedOf(Read(bytes))), "A message changes when it is written again");
    }

    public override bool IsRefusal(Exception e) => e is InvalidDataException;

    private byte[] PackedOf(object message) =>
        new Packed(0, _serializer.Value.Manifest(message), _serializer.Value.ToBinary(message)).ToBytes();
}
