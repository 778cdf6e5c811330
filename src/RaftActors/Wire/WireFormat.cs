using System.Diagnostics;

using RaftActors.Codec;
using RaftActors.Core;

namespace RaftActors.Wire;

/// <summary>The bytes of what engines and registries say to each other; what cores say is in <see cref="EnvelopeFormat"/>.</summary>
internal static class WireFormat
{
    private const byte TransferToAnybody = 0;
    private const byte Transfer = 1;
    private const byte Join = 2;
    private const byte Leave = 3;
    private const int LocalProcessSizeMin = 4;
    private const int BatchedSizeMin = 3;

    public static string Manifest(WireMessage message) => message switch
    {
        WireMessage.Hello => "h",
        WireMessage.Leaving => "l",
        WireMessage.CoreMessage core => EnvelopeFormat.Manifest(core.Envelope.Body),
        WireMessage.AppendRequest => "a",
        WireMessage.AppendTaken => "at",
        WireMessage.AppendRefused => "ar",
        WireMessage.AppendDiscarded => "ad",
        WireMessage.AppendRepeated => "ap",
        WireMessage.AppendForgotten => "af",
        WireMessage.Batch => "b",
        WireMessage.GetRequest => "g",
        WireMessage.GetAnswer => "ga",
        WireMessage.GetRefused => "gr",
        WireMessage.GetCompacted => "gc",
        WireMessage.ChangeRequest => "m",
        WireMessage.ChangeTaken => "mt",
        WireMessage.ChangeDone => "md",
        WireMessage.ChangeRefused => "mr",
        WireMessage.ChangeDenied => "mx",
        _ => throw new UnreachableException(),
    };

    public static void Write(ByteWriter writer, WireMessage message)
    {
        switch (message)
        {
            case WireMessage.Hello hello:
                WriteHello(writer, hello);
                break;
            case WireMessage.Leaving leaving:
                writer.Flag(leaving.IsReply);
                writer.Text(leaving.Process.Value);
                break;
            case WireMessage.Batch batch:
                writer.List(batch.Messages, each =>
                {
                    writer.Text(Manifest(each));
                    Write(writer, each);
                });
                break;
            case WireMessage.CoreMessage core:
                writer.Number(core.FromNumber);
                EnvelopeFormat.Write(writer, core.Envelope);
                break;
            case WireMessage.GetRequest get:
                writer.Request(get.Request);
                writer.Number(get.Serial.Value);
                writer.Number(get.AskerCommit.Value);
                break;
            case WireMessage.GetAnswer answer:
                writer.Request(answer.Request);
                writer.Number(answer.Serial.Value);
                writer.Text(answer.Key);
                writer.Bytes(answer.Value.Span);
                break;
            case WireMessage.GetRefused refused:
                writer.Request(refused.Request);
                break;
            case WireMessage.GetCompacted compacted:
                writer.Request(compacted.Request);
                break;
            default:
                WriteAppend(writer, message);
                break;
        }
    }

    public static WireMessage Read(ref ByteReader reader, string manifest) => manifest switch
    {
        "h" => ReadHello(ref reader),
        "l" => ReadLeaving(ref reader),
        "b" => new WireMessage.Batch(reader.List(BatchedSizeMin, ReadBatched)),
        "a" => new WireMessage.AppendRequest(reader.Request(), reader.Text(), reader.Bytes().ToArray(), ReadHops(ref reader)),
        "at" => new WireMessage.AppendTaken(reader.Request(), new LogIndex(reader.Count()), new Term(reader.Count())),
        "ar" => new WireMessage.AppendRefused(reader.Request()),
        "ad" => new WireMessage.AppendDiscarded(reader.Request(), reader.Text()),
        "ap" => new WireMessage.AppendRepeated(reader.Request(), new LogIndex(reader.Count())),
        "af" => new WireMessage.AppendForgotten(reader.Request()),
        "g" => new WireMessage.GetRequest(reader.Request(), new Serial(reader.Count()), new LogIndex(reader.Count())),
        "ga" => new WireMessage.GetAnswer(reader.Request(), new Serial(reader.Count()), reader.Text(), reader.Bytes().ToArray()),
        "gr" => new WireMessage.GetRefused(reader.Request()),
        "gc" => new WireMessage.GetCompacted(reader.Request()),
        "m" => new WireMessage.ChangeRequest(reader.Request(), ReadChange(ref reader), ReadHops(ref reader)),
        "mt" => new WireMessage.ChangeTaken(reader.Request(), new LogIndex(reader.Count()), new Term(reader.Count())),
        "md" => new WireMessage.ChangeDone(reader.Request()),
        "mr" => new WireMessage.ChangeRefused(reader.Request(), reader.Text()),
        "mx" => new WireMessage.ChangeDenied(reader.Request(), reader.Text()),
        _ => new WireMessage.CoreMessage(reader.Count(), EnvelopeFormat.Read(ref reader, manifest)),
    };

    private static WireMessage ReadBatched(ref ByteReader reader) => reader.Text() switch
    {
        "b" => throw reader.Damaged("a batch holds a batch"),
        var manifest => Read(ref reader, manifest),
    };

    private static void WriteHello(ByteWriter writer, WireMessage.Hello hello)
    {
        writer.Flag(hello.IsReply);
        writer.List(hello.Processes, process =>
        {
            writer.Text(process.Group);
            writer.Text(process.Name.Value);
            writer.Number(process.Number);
            writer.Text(process.Engine);
        });
    }

    private static WireMessage.Hello ReadHello(ref ByteReader reader)
    {
        var isReply = reader.Flag();
        return new WireMessage.Hello(
            reader.List(LocalProcessSizeMin, static (ref ByteReader r) => new LocalProcess(r.Text(), r.Name(), r.Count(), r.Text())),
            isReply);
    }

    private static WireMessage.Leaving ReadLeaving(ref ByteReader reader)
    {
        var isReply = reader.Flag();
        return new WireMessage.Leaving(reader.Name(), isReply);
    }

    private static void WriteAppend(ByteWriter writer, WireMessage message)
    {
        switch (message)
        {
            case WireMessage.AppendRequest append:
                writer.Request(append.Request);
                writer.Text(append.Key);
                writer.Bytes(append.Value.Span);
                writer.Number(append.Hops);
                break;
            case WireMessage.AppendTaken taken:
                writer.Request(taken.Request);
                writer.Number(taken.Index.Value);
                writer.Number(taken.Term.Value);
                break;
            case WireMessage.AppendRefused refused:
                writer.Request(refused.Request);
                break;
            case WireMessage.AppendDiscarded discarded:
                writer.Request(discarded.Request);
                writer.Text(discarded.Reason);
                break;
            case WireMessage.AppendRepeated repeated:
                writer.Request(repeated.Request);
                writer.Number(repeated.Index.Value);
                break;
            case WireMessage.AppendForgotten forgotten:
                writer.Request(forgotten.Request);
                break;
            default:
                WriteChange(writer, message);
                break;
        }
    }

    private static void WriteChange(ByteWriter writer, WireMessage message)
    {
        switch (message)
        {
            case WireMessage.ChangeRequest change:
                writer.Request(change.Request);
                WriteChange(writer, change.Change);
                writer.Number(change.Hops);
                break;
            case WireMessage.ChangeTaken taken:
                writer.Request(taken.Request);
                writer.Number(taken.Index.Value);
                writer.Number(taken.Term.Value);
                break;
            case WireMessage.ChangeDone done:
                writer.Request(done.Request);
                break;
            case WireMessage.ChangeRefused refused:
                writer.Request(refused.Request);
                writer.Text(refused.Detail);
                break;
            case WireMessage.ChangeDenied denied:
                writer.Request(denied.Request);
                writer.Text(denied.Detail);
                break;
            default:
                throw new UnreachableException();
        }
    }

    private static void WriteChange(ByteWriter writer, GroupChange change)
    {
        var (kind, name) = change switch
        {
            GroupChange.Transfer { Target: null } => (TransferToAnybody, default(ProcessName?)),
            GroupChange.Transfer transfer => (Transfer, transfer.Target),
            GroupChange.Join join => (Join, join.Name),
            GroupChange.Leave leave => (Leave, leave.Name),
            _ => throw new UnreachableException(),
        };
        writer.Octet(kind);
        if (name is { } known)
        {
            writer.Text(known.Value);
        }
    }

    private static GroupChange ReadChange(ref ByteReader reader) => reader.Octet() switch
    {
        TransferToAnybody => new GroupChange.Transfer(null),
        Transfer => new GroupChange.Transfer(reader.Name()),
        Join => new GroupChange.Join(reader.Name()),
        Leave => new GroupChange.Leave(reader.Name()),
        var kind => throw reader.Damaged($"{kind} is no kind of change"),
    };

    // Nobody passes on more than once, whatever the message says.
    private static int ReadHops(ref ByteReader reader) => (int)Math.Min(reader.Count(), 1);
}
