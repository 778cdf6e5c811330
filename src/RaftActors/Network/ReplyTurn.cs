namespace RaftActors.Network;

/// <summary>
/// Collects the replies of one turn of an actor, and sends those to one client together at its end, because a system call costs more than
/// a reply. Outside of a turn each reply is sent at once.
/// </summary>
internal static class ReplyTurn
{
    [ThreadStatic]
    private static List<ClientConnection>? _written;

    [ThreadStatic]
    private static int _depth;

    public static void Begin() => _depth++;

    public static void End()
    {
        if (--_depth == 0)
        {
            Flush();
        }
    }

    /// <summary>Sends the waiting replies in the middle of a long turn.</summary>
    public static void Flush()
    {
        if (_written is { Count: > 0 } written)
        {
            foreach (var connection in written)
            {
                connection.Flush();
            }

            written.Clear();
        }
    }

    public static void OnWritten(ClientConnection connection)
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
