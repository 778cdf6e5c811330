namespace RaftActors.Fuzz.Running;

/// <summary>Removes pieces of an input that broke a property, as long as it breaks it still.</summary>
public static class Shrinker
{
    private const int TriesMax = 4000;

    public static byte[] Shrink(Target target, Finding found)
    {
        var (input, site, tries) = (found.Input, Fault.SiteOf(found.Fault), 0);
        for (var size = Math.Max(1, input.Length / 2); size > 0 && tries < TriesMax; size /= 2)
        {
            for (var at = 0; at < input.Length && tries < TriesMax; tries++)
            {
                byte[] shorter = [.. input.AsSpan(0, at), .. input.AsSpan(Math.Min(at + size, input.Length))];
                if (OneInput.Check(target, shorter).Fault is { } fault && Fault.SiteOf(fault) == site)
                {
                    input = shorter;
                }
                else
                {
                    at += size;
                }
            }
        }

        return input;
    }
}
