using RaftActors.Wire;

namespace RaftActors.Fuzz.Targets;

/// <summary>The calls of one connection of a client, or the replies to them, each after its length in one byte.</summary>
internal sealed class CallsTarget : Target
{
    private const byte IsReply = 1;
    private const long Number = 300;

    private static readonly RequestRef Request = Samples.Ref;

    private readonly Lazy<OutcomeFormat> _outcomes = new(() =>
    {
        Raft.Get(FuzzSystem.Instance);
        return new OutcomeFormat(FuzzSystem.Instance);
    });

    public override string Name => "calls";

    public override string Reads => "CallFormat, CallTable, OutcomeFormat";

    public override IReadOnlyList<byte[]> Words { get; } =
        [.. Enumerable.Range(1, 14).Select(kind => (byte[])[(byte)kind]), [100], [101], [102], [103]];

    public override IEnumerable<byte[]> Seeds()
    {
        CallTarget[] targets = [Samples.Target, CallTarget.Registry];
        var calls = Samples.Calls.Concat(Samples.CallVariants).SelectMany(call => targets.Select(target => Encode(target, call))).ToArray();
        var replies = Samples.Replies.Concat(Samples.ReplyVariants).Concat(Samples.Outcomes.Select(each => each.Message))
            .Select(EncodeReply).ToArray();
        return
        [
            .. calls.Select(call => InputOf([call], 0)),
            InputOf(calls, 0),
            .. replies.Select(reply => InputOf([reply], IsReply)),
        ];
    }

    // The receiver of one call is kept for the next one.
    public override object Read(byte[] input)
    {
        var latest = new CallFormat.LatestTarget();
        List<object> all = [];
        for (var at = 1; at < input.Length; at += 1 + input[at])
        {
            var frame = input.AsMemory(at + 1, Math.Min(input[at], input.Length - at - 1));
            var reader = ByteReader.OfKept(frame);
            if (input[0] == IsReply)
            {
                CallFormat.ReadHead(ref reader);
                all.Add(_outcomes.Value.ReadReply(ref reader, Request));
                reader.End();
            }
            else
            {
                var (_, target, call) = CallFormat.ReadCall(ref reader, latest);
                all.Add((target, call));
            }
        }

        return all;
    }

    public override string ShapeOf(object read) => string.Concat(
        ((List<object>)read).Select(each => (each is ValueTuple<CallTarget, ClientCall> call ? call.Item2 : each).GetType().Name));

    public override void Check(object read)
    {
        foreach (var each in (List<object>)read)
        {
            if (each is ValueTuple<CallTarget, ClientCall> call)
            {
                var reader = ByteReader.OfKept(Encode(call.Item1, call.Item2));
                var (number, target, again) = CallFormat.ReadCall(ref reader, new CallFormat.LatestTarget());
                DemandEqual((Number, call.Item1), (number, target), "The receiver of a call changes when it is written again");
                DemandEqual(Fields.Of(call.Item2), Fields.Of(again), "A call changes when it is written again");
            }
            else if (each is not Akka.Actor.Status.Failure)
            {
                // A failure is the outcome of a type that this node does not know.
                var reader = ByteReader.OfKept(EncodeReply(each));
                CallFormat.ReadHead(ref reader);
                DemandEqual(
                    Fields.Of(each), Fields.Of(_outcomes.Value.ReadReply(ref reader, Request)), "A reply changes when it is written again");
            }
        }
    }

    public override bool IsRefusal(Exception e) => e is InvalidDataException;

    private static byte[] InputOf(IEnumerable<byte[]> frames, byte kind) =>
        [kind, .. frames.Where(frame => frame.Length <= byte.MaxValue).SelectMany(frame => (byte[])[(byte)frame.Length, .. frame])];

    private static byte[] Encode(CallTarget target, ClientCall call)
    {
        var writer = new ByteWriter();
        CallFormat.WriteCall(writer, Number, target, call);
        return writer.ToArray();
    }

    private byte[] EncodeReply(object reply)
    {
        var writer = new ByteWriter();
        CallFormat.WriteReply(writer, Number, reply, _outcomes.Value);
        return writer.ToArray();
    }
}
