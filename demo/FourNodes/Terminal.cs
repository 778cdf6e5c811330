namespace FourNodes;

/// <summary>
/// Standard output of the four nodes. The lines of one call stay together, so the lines of one callback do.
/// </summary>
internal static class Terminal
{
    private static readonly Lock Gate = new();
    private static readonly TaskCompletionSource Gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private static bool _closed;

    /// <summary>Completes when standard input or output fails, because the terminal or the parent program has ended.</summary>
    public static Task Lost => Gone.Task;

    /// <summary>
    /// Prints lines without other lines between them. They are enumerated under the lock. So the line of a request, made in the
    /// enumeration, is printed above its effects.
    /// </summary>
    public static void Print(params IEnumerable<string> lines)
    {
        lock (Gate)
        {
            var block = string.Concat(lines.Select(line => line + "\n"));
            if (!_closed)
            {
                Write(block);
            }
        }
    }

    /// <summary>Prints text, also after <see cref="Close"/>.</summary>
    public static void Write(string text)
    {
        lock (Gate)
        {
            try
            {
                Console.Out.Write(text);
                Console.Out.Flush();
            }
            catch (IOException)
            {
                Gone.TrySetResult();
            }
        }
    }

    /// <summary>Waits for a typed line. Null at the end of the input, or if it fails.</summary>
    public static string? ReadLine()
    {
        try
        {
            return Console.In.ReadLine();
        }
        catch (IOException)
        {
            Gone.TrySetResult();
            return null;
        }
    }

    /// <summary>Runs <paramref name="print"/> while no actor can print, so the start-up lines come before their effects.</summary>
    public static void Hold(Action print)
    {
        lock (Gate)
        {
            print();
        }
    }

    /// <summary>
    /// Drops the further output of actors. A stopping group loses its leader and its quorum, which is not part of the scenario.
    /// </summary>
    public static void Close()
    {
        lock (Gate)
        {
            _closed = true;
        }
    }
}
