using System.ComponentModel;

using Microsoft.Win32.SafeHandles;

namespace TrialKit;

/// <summary>Creates files and sockets in a network namespace. They stay in the namespace of the thread that created them.</summary>
internal static partial class NetworkNamespace
{
    private const int NewNetwork = 0x40000000;

    /// <param name="file">The file of the namespace; empty: that of this process.</param>
    /// <exception cref="IOException">The namespace cannot be entered, or the call failed.</exception>
    public static T CreateIn<T>(string file, Func<T> create)
        where T : class
    {
        if (file.Length == 0)
        {
            return create();
        }

        T? created = null;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                using var handle = File.OpenHandle(file);
                created = Enter(handle, NewNetwork) == 0 ? create() : throw new Win32Exception(Marshal.GetLastPInvokeError());
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        return created ?? throw new IOException($"Cannot create it in the network namespace {file}.", failure);
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int Enter(SafeFileHandle file, int kind);
}
