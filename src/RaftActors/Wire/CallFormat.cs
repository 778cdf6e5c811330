using RaftActors.Core.Codec;
using RaftActors.Settings;

namespace RaftActors.Wire;

/// <summary>
/// The bytes of a call or a reply, without the length before them: the format level, the client's number of the call, the receiver if it
/// is a call, and the number of its kind with the content.
/// </summary>
internal static class CallFormat
{
    public static void WriteCall(ByteWriter writer, long number, CallTarget target, ClientCall call)
    {
        writer.Octet(writer.Level);
        writer.Number(number);
        writer.Text(target.Group);
        writer.Text(target.Process?.Value ?? "");
        CallTable.Write(writer, call);
    }

    /// <param name="latest">The receiver of the call before, which is mostly the same.</param>
    /// <exception cref="InvalidDataException">The bytes are no call.</exception>
    public static (long Number, CallTarget Target, ClientCall Call) ReadCall(ref ByteReader reader, LatestTarget latest)
    {
        var number = ReadHead(ref reader);
        var target = latest.Read(ref reader);
        var call = CallTable.ReadCall(ref reader);
        reader.End();
        return (number, target, call);
    }

    /// <param name="reply">The reply, or its bytes after the number of the call.</param>
    public static void WriteReply(ByteWriter writer, long number, object reply, OutcomeFormat outcomes)
    {
        writer.Octet(writer.Level);
        writer.Number(number);
        if (reply is byte[] written)
        {
            writer.Rest(written);
        }
        else
        {
            outcomes.WriteReply(writer, reply);
        }
    }

    /// <summary>Reads the format level and the number of a call or a reply.</summary>
    /// <exception cref="InvalidDataException">The bytes are neither, or of a level that this program does not know.</exception>
    public static long ReadHead(ref ByteReader reader)
    {
        var level = reader.Octet();
        return FormatRange.Own.Has(level)
            ? reader.Count()
            : throw reader.Damaged($"its format has level {level}, and this node knows {FormatRange.Own}");
    }

    /// <summary>Remembers the receiver of the latest call of a connection. Not thread-safe.</summary>
    internal sealed class LatestTarget
    {
        // A character takes up to three bytes. A longer name is not even decoded.
        private const int GroupSizeMax = 3 * GroupName.LengthMax;

        private CallTarget _target = CallTarget.Registry;
        private byte[] _group = [];
        private byte[] _process = [];

        public CallTarget Read(ref ByteReader reader)
        {
            var group = reader.Bytes();
            var process = reader.Bytes();
            if (group.SequenceEqual(_group) && process.SequenceEqual(_process))
            {
                return _target;
            }

            if (group.Length > GroupSizeMax)
            {
                throw reader.Damaged($"the name of a group has {group.Length} bytes; at most {GroupSizeMax} are allowed");
            }

            CallTarget target = new(StrictText.Decode(group), process.IsEmpty ? null : ByteReader.NameOf(process));
            (_target, _group, _process) = (target, group.ToArray(), process.ToArray());
            return target;
        }
    }
}
