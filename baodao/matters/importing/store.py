"""Where uploaded sheets lie: the kernel's store, under the name that this app's rooms use."""

from baodao.kernel.tables.store import clear, faults_path, folder, keep, sheet_path, sweep

__all__ = ["clear", "faults_path", "folder", "keep", "sheet_path", "sweep"]
