using System.Diagnostics;

namespace RaftActors.Fuzz.Inputs;

/// <summary>
/// The ends that inputs have reached so far: the place of an exception, or the shape of a message. An input that reaches a new one is kept
/// and mutated further. Not thread-safe.
/// </summary>
public sealed class Features
{
    private const int FramesMax = 6;
    private const int LettersMax = 16;

    // After these, messages quote the input.
    private static readonly char[] Quotes = ['\'', '"', '[', '$'];

    private readonly HashSet<int> _seen = [];

    public int Count => _seen.Count;

    /// <summary>Notes the places through which an exception went. True: they are new.</summary>
    public bool AddRefusal(Exception e)
    {
        var hash = default(HashCode);
        for (var each = e; each is not null; each = each.InnerException)
        {
            hash.Add(each.GetType().GetHashCode());
            hash.Add(ClauseOf(each.Message).GetHashCode(StringComparison.Ordinal));
            var trace = new StackTrace(each, fNeedFileInfo: false);
            for (var i = 0; i < Math.Min(trace.FrameCount, FramesMax); i++)
            {
                hash.Add(trace.GetFrame(i)!.GetMethod()?.MetadataToken); // Justification: the frame exists.
                hash.Add(trace.GetFrame(i)!.GetILOffset());
            }
        }

        return _seen.Add(hash.ToHashCode());
    }

    // The place alone is too little: many exceptions hold the text of another one.
    private static string ClauseOf(string message)
    {
        var clause = message.Split(Quotes, 2)[0];
        clause = clause[(clause.TrimEnd(':', ' ').LastIndexOf(": ", StringComparison.Ordinal) + 1)..];
        return string.Concat(clause.Where(each => char.IsAsciiLetter(each) || each == ' ').Take(LettersMax));
    }

    /// <summary>Notes the shape of a message: its type, and the magnitude of the input that held it.</summary>
    public bool AddMessage(object message, string shape, int size) =>
        _seen.Add(HashCode.Combine(message.GetType(), shape.GetHashCode(StringComparison.Ordinal), int.Log2(size + 1)));
}
