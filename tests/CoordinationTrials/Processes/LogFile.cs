using System.Globalization;

namespace CoordinationTrials.Processes;

/// <summary>The lines of the files in the folder for logs.</summary>
internal static class LogFile
{
    public static string LineOf(string text) => $"{DateTime.UtcNow.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture)} {text}\n";
}
