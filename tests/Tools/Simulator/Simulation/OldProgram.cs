using RaftActors.Core;
using RaftActors.Core.Codec;

namespace RaftActors.Simulator;

/// <summary>A simulated process whose program reads a lower format level than this one.</summary>
internal static class OldProgram
{
    /// <summary>
    /// Whether a connection to the process can have the message. The sender may not know yet that its program is another one, so the bytes
    /// decide.
    /// </summary>
    public static bool CanRead(byte level, Message message)
    {
        if (level == FormatRange.Own.Highest)
        {
            return true;
        }

        ByteWriter writer = new() { Level = level };
        try
        {
            switch (message)
            {
                case Message.AppendEntries append:
                    EntryFormat.WriteEntries(writer, append.Entries);
                    break;
                case Message.SnapshotChunk chunk:
                    EntryFormat.WriteDescription(writer, chunk.Snapshot);
                    break;
            }

            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
