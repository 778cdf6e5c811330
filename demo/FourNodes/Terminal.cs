namespace FourNodes;

/// <summary>
/// Standard output, shared by the four nodes. One call is one block: the lines of a callback stand together, whatever the other processes
/// print.
/// </summary>
internal static class Terminal
{
    private static readonly Lock Gate = new();
    private static readonly TaskCompletionSource Gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private static bool _closed;

    /// <summary>Completes when standard input or output has failed: the terminal, or the program that started this one, is gone.</summary>
    public static Task Lost => Gone.Task;

    /// <summary>
    /// Prints these lines, with no other line between them. They are enumerated while nobody else can print: a request that is made on the
    /// way stands above whatever it brings about.
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

    /// <summary>Prints text as it is, even after <see cref="Close"/>.</summary>
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

    /// <summary>Waits for a line that the user types; null at the end of the input, or if it fails.</summary>
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

    /// <summary>Runs <paramref name="print"/> while no actor can print: the start-up lines come before anything that they cause.</summary>
    public static void Hold(Action print)
    {
        lock (Gate)
        {
            print();
        }
    }

    /// <summary>
    /// Drops what actors print from now on: a group that is being stopped loses its leader and its quorum, which is no news.
    /// </summary>
    public static void Close()
    {
        lock (Gate)
        {
            _closed = true;
        }
    }
}
