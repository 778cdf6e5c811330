namespace RaftActors.Network;

/// <summary>
/// The replies of one turn of an actor. Those to one client are sent together at the end of the turn: a call of the operating system costs
/// more than the reply. Outside of a turn each reply is sent at once.
/// </summary>
internal static class ReplyTurn
{
    [ThreadStatic]
    private static List<ClientConnection>? _written;

    [ThreadStatic]
    private static int _depth;

    public static void Begin() => _depth++;

    /// <summary>Sends all replies.</summary>
    public static void End()
    {
        if (--_depth == 0)
        {
            Flush();
        }
    }

    /// <summary>Sends the replies that wait, in the middle of a long turn.</summary>
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

    /// <summary>A reply was written to a connection.</summary>
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
