namespace RaftTrials.Hostile;

/// <summary>
/// A client and a node that connect to a server anew again and again. The server must let them in, also while idle clients of another
/// identity have taken all places.
/// </summary>
internal static class Newcomers
{
    /// <summary>The node, which the servers have among their contacts. Nothing listens there.</summary>
    public const string Node = $"{Intruder.Neighbour}:1";

    // A busy machine may end one handshake after its time.
    private const int RefusedMax = 3;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <returns>The number of those that were let in.</returns>
    /// <exception cref="TrialFailure">The server has refused several, one after the other.</exception>
    public static async Task<int> Run(int port, Credentials credentials, CancellationToken stop)
    {
        var counts = await Task.WhenAll(
            Run(port, ConnectionKind.Client, credentials.Writer, stop), Run(port, ConnectionKind.Node, credentials.Node, stop));
        return counts.Sum();
    }

    private static async Task<int> Run(int port, ConnectionKind kind, CertificateCredentials proof, CancellationToken stop)
    {
        var (admitted, refused) = (0, 0);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using var newcomer = await Intruder.Connect(port, stop, Intruder.Neighbour);
                await newcomer.Prove(proof, stop);
                await newcomer.Greet(kind, stop);
                (admitted, refused) = (admitted + 1, 0);
            }
            catch (OperationCanceledException)
            {
                break;
            }
            catch (Exception e) when (Intruder.IsEnd(e))
            {
                if (++refused > RefusedMax)
                {
                    throw new TrialFailure($":{port} has let in no {kind} in {refused} attempts, one after the other: {e.Message}");
                }
            }

            await Poll.Wait(Pause, stop);
        }

        return admitted;
    }
}
