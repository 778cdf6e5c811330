using RaftActors.Core;

namespace RaftActors.Simulator.Exhaustive;

/// <summary>Describes events for people.</summary>
internal static class ScheduleText
{
    public static string Of(Model model, GroupEvent one)
    {
        var (process, argument) = (FoundedGroup.ShortName(one.Process), one.Input.Argument);
        return one.Input.Kind switch
        {
            InputKind.Deliver => $"{process} receives from {Sender(model.Messages[argument])}",
            InputKind.Timeout => $"{process} has an election timeout",
            InputKind.Wait => $"{process} no longer holds to its leader",
            InputKind.Heartbeat => $"{process} has a tick and sends heartbeats",
            InputKind.Propose => $"a client proposes pair {argument} at {process}",
            InputKind.Write => $"the oldest write of {process} is durable",
            InputKind.Crash => $"{process} crashes and restarts",
            InputKind.Change => $"an operator asks {process} for the voters {Voters(argument)}",
            InputKind.Snapshot => $"{process} takes a snapshot",
            InputKind.Read => $"a client asks read {argument} at {process}",
            InputKind.Transfer => $"an operator asks {process} to transfer its leadership to {FoundedGroup.ShortName(argument)}",
            _ => $"{process} reaches {FoundedGroup.ShortName(argument)}",
        };
    }

    private static string Sender(Envelope envelope) =>
        $"{envelope.From.Name.Process}, term {envelope.Term}: {Describe.Of(envelope.Body)}";

    private static string Voters(int bits) =>
        string.Join(
            ' ', Enumerable.Range(0, FoundedGroup.Size).Where(number => ((bits >> number) & 1) != 0).Select(FoundedGroup.ShortName));
}
