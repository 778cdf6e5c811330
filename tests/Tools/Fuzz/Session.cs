using System.Security.Cryptography;

using RaftActors.Fuzz.Running;

namespace RaftActors.Fuzz;

/// <summary>Runs campaigns, and prints their results.</summary>
internal static class Session
{
    private const int FaultLettersMax = 2000;

    public static int Run(IReadOnlyList<Target> targets, long inputs, int seed, TimeSpan? limit, string? pool)
    {
        var (failed, total) = (false, 0L);
        foreach (var target in targets)
        {
            var result = RunOne(target, inputs, seed, limit, pool);
            total += result.Inputs;
            failed |= result.Found.Count > 0;
            Console.WriteLine(
                $"{result.Target,-12} {result.Inputs,9} inputs, {result.Refused,9} refused, {result.Features,5} ends, "
                + $"{result.Kept,5} kept, {result.Growth / 1024,6} KiB left");
            foreach (var found in result.Found)
            {
                Console.WriteLine($"  FAILS: {Short(found.Fault)}");
                Console.WriteLine($"  the input, for a file of the corpus, shortened from {found.Input.Length} bytes:");
                Console.WriteLine(InputText.Of(Shrinker.Shrink(target, found)));
            }
        }

        Console.WriteLine($"{total} inputs; {(failed ? "some broke a property" : "each was read or refused")}");
        return failed ? 1 : 0;
    }

    /// <summary>Runs each target twice.</summary>
    /// <returns>0: both runs had the same inputs and ends; otherwise 1.</returns>
    public static int RunTwice(IReadOnlyList<Target> targets, long inputs, int seed)
    {
        var failed = false;
        foreach (var target in targets)
        {
            var differ = FingerprintOf(target, inputs, seed) != FingerprintOf(target, inputs, seed);
            failed |= differ;
            Console.WriteLine($"{target.Name}: {(differ ? "FAILS: the second run was another one" : "the same run twice")}");
        }

        return failed ? 1 : 0;
    }

    private static int FingerprintOf(Target target, long inputs, int seed)
    {
        var campaign = new Campaign(target, seed, []);
        campaign.Run(inputs, _ => { });
        return campaign.Fingerprint;
    }

    private static string Short(string fault) => fault.Length <= FaultLettersMax ? fault : fault[..FaultLettersMax] + " ...";

    /// <summary>Reads one input.</summary>
    public static int Replay(Target target, byte[] input)
    {
        Console.WriteLine(InputText.Of(input));
        var verdict = OneInput.Check(target, input);
        Console.WriteLine(verdict switch
        {
            { Fault: { } fault } => Short(fault),
            { Refusal: { } refusal } => $"refused: {refusal.Message}",
            _ => "read",
        });
        return verdict.Fault is null ? 0 : 1;
    }

    private static CampaignResult RunOne(Target target, long inputs, int seed, TimeSpan? limit, string? pool)
    {
        var folder = pool is null ? null : Directory.CreateDirectory(Path.Combine(pool, target.Name)).FullName;
        var known = folder is null ? [] : Directory.GetFiles(folder).Order(StringComparer.Ordinal).Select(File.ReadAllBytes).ToList();
        var path = Path.Combine(Path.GetTempPath(), $"raftactors-fuzz-{target.Name}-{Environment.ProcessId}");
        using var last = new LastInput(path);
        using var watchdog = new Watchdog(path);
        var campaign = new Campaign(target, seed, known);
        var result = campaign.Run(
            inputs,
            input =>
            {
                watchdog.Begin();
                last.Note(input);
            },
            limit);
        if (folder is not null)
        {
            foreach (var input in campaign.Pool)
            {
                File.WriteAllBytes(Path.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(input))), input);
            }
        }

        return result;
    }
}
