namespace RaftActors.Simulator.Exhaustive;

/// <summary>A state of the whole group.</summary>
/// <param name="Number">Its number in the exploration.</param>
/// <param name="Locals">The numbers of the states of the processes.</param>
/// <param name="Used">The events that a scope bounds.</param>
/// <param name="Network">The numbers of the messages that were sent so far, in ascending order.</param>
internal sealed record GlobalState(int Number, (int A, int B, int C) Locals, Usage Used, int[] Network)
{
    public int this[int process] => process switch { 0 => Locals.A, 1 => Locals.B, _ => Locals.C };

    public (int A, int B, int C) With(int process, int local) => process switch
    {
        0 => Locals with { A = local },
        1 => Locals with { B = local },
        _ => Locals with { C = local },
    };

    /// <summary>Returns the network with more messages; the same array if it has them all.</summary>
    public int[] NetworkWith(int[] sent)
    {
        if (Array.TrueForAll(sent, message => Array.BinarySearch(Network, message) >= 0))
        {
            return Network;
        }

        int[] all = [.. Network.Union(sent)];
        Array.Sort(all);
        return all;
    }
}
