namespace RaftActors.Fuzz.Running;

/// <summary>Reads one input, measures it, and checks the result.</summary>
public static class OneInput
{
    // A bound against quadratic time, not a measure of speed: 64 KiB take some milliseconds.
    private static readonly TimeSpan TimeMin = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan TimeOfByte = TimeSpan.FromMicroseconds(5);

    // A collection or the compiler may fall into one measurement.
    private const int Measurements = 3;

    /// <summary>Reads an input.</summary>
    /// <param name="features">Notes the end that the input reached; null: not needed.</param>
    public static Verdict Check(Target target, byte[] input, Features? features = null)
    {
        var verdict = new Verdict(null, null, false);
        for (var left = Measurements; left > 0; left--)
        {
            verdict = Measured(target, input, features);
            if (verdict.Fault is null)
            {
                break;
            }
        }

        return verdict;
    }

    private static Verdict Measured(Target target, byte[] input, Features? features)
    {
        var (time, bytes) = (ThreadClock.Now, GC.GetAllocatedBytesForCurrentThread());
        object? read = null;
        Exception? refusal = null;
        try
        {
            read = target.Read(input);
        }
        catch (Exception e)
        {
            refusal = e;
        }

        (time, bytes) = (ThreadClock.Now - time, GC.GetAllocatedBytesForCurrentThread() - bytes);
        var fault = FaultOf(target, read, refusal) ?? ExcessOf(target, input, time, bytes);
        var isNew = features is not null
            && (refusal is null ? features.AddMessage(read!, target.ShapeOf(read!), input.Length) : features.AddRefusal(refusal));
        return new Verdict(fault, refusal, isNew);
    }

    private static string? FaultOf(Target target, object? read, Exception? refusal)
    {
        if (refusal is not null)
        {
            return target.IsRefusal(refusal) ? null : $"the reader throws {refusal}";
        }

        try
        {
            target.Check(read!); // Justification: there is a message where no exception is.
            return null;
        }
        catch (Exception e)
        {
            return e is ViolationException ? e.Message : $"the message that was read cannot be used: {e}";
        }
    }

    private static string? ExcessOf(Target target, byte[] input, TimeSpan time, long bytes)
    {
        var (bytesMax, timeMax) = (target.BytesMin + ((long)target.BytesPerByte * input.Length), TimeMin + (TimeOfByte * input.Length));
        return bytes > bytesMax ? $"{input.Length} bytes of input allocate {bytes} bytes; at most {bytesMax} are allowed"
            : time > timeMax ? $"{input.Length} bytes of input take {time.TotalMilliseconds:f0} ms of processor time; at most "
                + $"{timeMax.TotalMilliseconds:f0} are allowed"
            : null;
    }
}

/// <param name="Fault">The property that the input broke; null: none.</param>
/// <param name="Refusal">The exception of the reader; null: it read the input.</param>
/// <param name="IsNew">The input reached an end that no earlier one reached.</param>
public sealed record Verdict(string? Fault, Exception? Refusal, bool IsNew);
