using RaftActors.Core;

namespace RaftActors.Simulator;

/// <summary>A process that acknowledges its log up to an index has it on disk ("before responding to RPCs", Figure 2).</summary>
internal static class AcknowledgementChecker
{
    public static void OnSend(SimulatedProcess process, Envelope envelope)
    {
        // In a later term another leader may have replaced the entry since the reply was made.
        if (envelope.Body is not Message.AppendEntriesReply { Accepted: true, Match.Value: var match }
            || envelope.Term != process.Core!.Term)
        {
            return;
        }

        var (disk, memory) = (process.Disk.Log, process.Log);
        var isKept = match > disk.Base.Index.Value && match > memory.Base.Index.Value;
        if (match > disk.Last || (isKept && match <= memory.Last && !Same.Entry(disk[match], memory[match])))
        {
            throw new Violation("acknowledgement", $"{process.Member} acknowledges {match}, and its disk ends at {disk.Last}");
        }
    }
}
