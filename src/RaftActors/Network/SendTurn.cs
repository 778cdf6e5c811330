namespace RaftActors.Network;

/// <summary>
/// Collects the connections that one turn of an actor writes to, and sends by each of them once at its end, because a system call costs
/// more than a message. Outside of a turn each message is sent at once.
/// </summary>
internal static class SendTurn
{
    [ThreadStatic]
    private static List<IFlushable>? _written;

    [ThreadStatic]
    private static int _depth;

    public static void Begin() => _depth++;

    public static void End()
    {
        if (--_depth == 0 && _written is { Count: > 0 } written)
        {
            // By place: a transport may run another turn on this thread, which then also sends what is left.
            for (var place = 0; place < written.Count; place++)
            {
                written[place].Flush();
            }

            written.Clear();
        }
    }

    public static void OnWritten(IFlushable connection)
    {
        if (_depth == 0)
        {
            connection.Flush();
        }
        else if (!(_written ??= []).Contains(connection))
        {
            _written.Add(connection);
        }
    }
}

/// <summary>A connection on which written messages wait.</summary>
internal interface IFlushable
{
    /// <summary>Sends the messages, as far as the socket takes them without waiting. A task sends the rest.</summary>
    void Flush();
}
