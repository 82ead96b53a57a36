"""Model files on disk: headers, catalogue, scan.

Services use it. It never loads weights.
"""
