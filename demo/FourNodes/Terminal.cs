namespace FourNodes;

/// <summary>
/// Standard output, shared by the four nodes. One call is one block: the lines of a callback stand together, whatever the other processes
/// print.
/// </summary>
internal static class Terminal
{
    private static readonly Lock Gate = new();
    private static bool _closed;

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
                Console.Out.Write(block);
                Console.Out.Flush();
            }
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
    /// Drops what is printed from now on: a group that is being stopped loses its leader and its quorum, which is no news.
    /// </summary>
    public static void Close()
    {
        lock (Gate)
        {
            _closed = true;
        }
    }
}
